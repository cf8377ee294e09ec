import * as imported from "@jax-js/jax";

/**
 * jax-js as the program has it. The package holds two copies of itself, one for `import` and one for `require`, and neither knows the
 * other's arrays: it is the imported one unless `kindred/jax` was required.
 */
export let jax: typeof imported = imported;

/** Computes with another copy of jax-js from now on. */
export function useJax(library: typeof imported): void {
  jax = library;
}
