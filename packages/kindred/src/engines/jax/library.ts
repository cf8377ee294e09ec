/** jax-js, or a sentence that says how to get it. */
export const jax = await import("@jax-js/jax").catch((error: unknown) => {
  throw new Error(
    `kindred/jax computes with @jax-js/jax, which could not be loaded (${(error as Error).message}); ` +
      "install it beside kindred: npm install @jax-js/jax",
    { cause: error },
  );
});
