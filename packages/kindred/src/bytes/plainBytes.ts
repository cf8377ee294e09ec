import { describe } from "../matrix/checks.ts";

/**
 * What was given as bytes, as a Uint8Array and nothing more: a view of any offset, of shared memory or not. A Buffer of Node
 * is one, but its `slice` and `buffer` are not what they are elsewhere.
 *
 * @param source what the bytes are and where they come from, for the error's sentence
 * @throws TypeError when it is no Uint8Array
 */
export function plainBytes(given: unknown, name: string, source: string): Uint8Array {
  if (!ArrayBuffer.isView(given) || Object.prototype.toString.call(given) !== "[object Uint8Array]")
    throw new TypeError(`${name} is ${describe(given)}, no Uint8Array; give ${source}`);
  return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
}
