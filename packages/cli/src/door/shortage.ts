import { KernelsError } from "kindred";

/** How V8 says that an array, a text or the memory of the kernels cannot be as large as asked for. */
const sayings =
  /^(Invalid (typed array|array buffer|array|string) length|Array buffer allocation failed|.*could not allocate memory|WebAssembly\.Memory|.*Unable to grow|.*out of memory|Cannot create a string longer)/i;

/**
 * What to say when the surroundings were too small: the process may not have the memory, or not compile WebAssembly.
 *
 * @returns null: the error is another one
 */
export function shortageOf(error: unknown): string | null {
  if (error instanceof KernelsError) return error.message;
  return error instanceof Error && sayings.test(error.message)
    ? "more memory is needed than this process may have; give fewer rows or smaller sizes, or give it more memory"
    : null;
}
