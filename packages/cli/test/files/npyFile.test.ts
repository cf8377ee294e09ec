import { describe, expect, it } from "vitest";
import { readNpy, readNpyMatrix } from "../../src/files/npyFile.ts";
import { npyBytes } from "../support/npyBytes.ts";
import { put, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();

/** An .npy file as NumPy writes it. */
function npy(descr: string, shape: string, body: Uint8Array, fortran = "False"): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = text.padEnd(117) + "\n";
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([118, 0]), Buffer.from(header), body]);
}

const bytesOf = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);

describe("npy files", () => {
  it("come back as they were written", () => {
    const matrix = { data: Float32Array.of(1.5, -2, 3e-8, 4, 5, 6), rows: 3, cols: 2 };
    expect(readNpyMatrix(put(folder, "own.npy", npyBytes(matrix)))).toEqual(matrix);
  });

  it.each([
    ["<f8", new Float64Array([1.5, -2, 3, 4])],
    ["<f4", new Float32Array([1.5, -2, 3, 4])],
    ["<i2", new Int16Array([1, -2, 3, 4])],
    ["<i8", new BigInt64Array([1n, -2n, 3n, 4n])],
    ["|u1", new Uint8Array([1, 2, 3, 4])],
  ])("of type %s are read as float32", (descr, entries) => {
    const path = put(folder, "typed.npy", npy(descr, "(2, 2)", bytesOf(entries)));
    expect(Array.from(readNpyMatrix(path).data)).toEqual(Array.from(entries, Number));
  });

  it("of half floats are read: normal and subnormal numbers, and both ends", () => {
    // sign, exponent, fraction by hand: 1, -2, 1 + 1/1024, the largest, the smallest normal, the smallest, -0, infinity, NaN
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3c01, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0x7e00);
    const { entries } = readNpy(put(folder, "half.npy", npy("<f2", "(9,)", bytesOf(bits))));
    expect([...entries]).toEqual([1, -2, 1 + 2 ** -10, 65504, 2 ** -14, 2 ** -24, -0, Infinity, NaN]);
  });

  it("stored column by column are turned into rows", () => {
    const path = put(folder, "fortran.npy", npy("<f4", "(2, 3)", bytesOf(Float32Array.of(1, 4, 2, 5, 3, 6)), "True"));
    expect(Array.from(readNpyMatrix(path).data)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("with the largest byte first are read right", () => {
    const path = put(folder, "big.npy", npy(">i2", "(2,)", Uint8Array.of(1, 0, 0, 2)));
    expect([...readNpy(path).entries]).toEqual([256, 2]);
  });

  it("of strings give strings", () => {
    const text = Uint32Array.from("ab\0cde", (letter) => letter.codePointAt(0)!);
    expect(readNpy(put(folder, "text.npy", npy("<U3", "(2,)", bytesOf(text)))).entries).toEqual(["ab", "cde"]);
  });

  it.each([
    ["cut off", npy("<f4", "(9, 2)", new Uint8Array(8)), /cut off/],
    ["of objects", npy("|O", "(1, 1)", new Uint8Array(8)), /type \|O/],
    ["of another kind", Buffer.from("PK\x03\x04 is a zip file"), /no \.npy file/],
    ["empty", new Uint8Array(0), /no \.npy file/],
    ["of fewer than no rows", npy("<f4", "(-2, 2)", new Uint8Array(8)), /damaged header: its shape is \(-2, 2\)/],
    ["of a shape that is none", npy("<f4", "(two, 2)", new Uint8Array(8)), /its shape is \(two, 2\)/],
    ["of one dimension", npy("<f4", "(2,)", new Uint8Array(8)), /shape \(2\)/],
  ])("%s are refused", (_, bytes, sentence) => {
    expect(() => readNpyMatrix(put(folder, "bad.npy", bytes))).toThrow(sentence);
  });
});
