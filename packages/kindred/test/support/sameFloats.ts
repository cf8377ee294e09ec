import { expect } from "vitest";

/** Expects the same bits. Bytes are compared first: `toEqual` takes a second for some hundred thousand entries. */
export function expectSameFloats(actual: Float32Array, expected: Float32Array): void {
  if (Buffer.compare(bytesOf(actual), bytesOf(expected)) !== 0) expect(actual).toEqual(expected);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
