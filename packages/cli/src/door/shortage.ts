import { KernelsError } from "kindred";

/**
 * What to say when the surroundings were too small: the process may not have the memory, or not compile WebAssembly.
 *
 * @returns null: the error is another one
 */
export function shortageOf(error: unknown): string | null {
  if (error instanceof KernelsError) return error.message;
  if (error instanceof RangeError && /allocation failed|out of memory/i.test(error.message))
    return "more memory is needed than this process may have; give it more, or take fewer rows or smaller batches";
  return null;
}
