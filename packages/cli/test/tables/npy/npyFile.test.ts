import { describe, expect, it } from "vitest";
import { readNpyLabels, readNpyMatrix, readNpyTable } from "../../../src/tables/npy/npyFile.ts";
import { npyBytes } from "../../support/npyBytes.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();

/** An .npy file as NumPy writes it. */
function npy(descr: string, shape: string, body: Uint8Array, fortran = "False"): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const header = text.padEnd(117) + "\n";
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([118, 0]), Buffer.from(header), body]);
}

const bytesOf = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer);
const letters = (text: string): Uint8Array => bytesOf(Uint32Array.from(text, (letter) => letter.codePointAt(0)!));

function matrix(...file: Parameters<typeof npy>): number[] {
  return Array.from(readNpyMatrix(put(folder, "matrix.npy", npy(...file))).data);
}

function labels(...file: Parameters<typeof npy>): string[] {
  return readNpyLabels(put(folder, "labels.npy", npy(...file))).toArray();
}

describe("npy files", () => {
  it("come back as they were written", () => {
    const written = { data: Float32Array.of(1.5, -2, 3e-8, 4, 5, 6), rows: 3, cols: 2 };
    expect(readNpyMatrix(put(folder, "own.npy", npyBytes(written)))).toEqual(written);
  });

  it.each([
    ["<f8", new Float64Array([1.5, -2, 3, 4])],
    ["<f4", new Float32Array([1.5, -2, 3, 4])],
    ["<i2", new Int16Array([1, -2, 3, 4])],
    ["<i8", new BigInt64Array([1n, -2n, 3n, 4n])],
    ["|u1", new Uint8Array([1, 2, 3, 4])],
  ])("of type %s are read as float32", (descr, entries) => {
    expect(matrix(descr, "(2, 2)", bytesOf(entries))).toEqual(Array.from(entries, Number));
  });

  it("of half floats are read: normal and subnormal numbers, and both ends", () => {
    // sign, exponent, fraction by hand: 1, -2, 1 + 1/1024, the largest, the smallest normal, the smallest, -0, infinity, NaN
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3c01, 0x7bff, 0x0400, 0x0001, 0x8000, 0x7c00, 0x7e00);
    const expected = [1, -2, 1 + 2 ** -10, 65504, 2 ** -14, 2 ** -24, -0, Infinity, NaN];
    expect(matrix("<f2", "(9, 1)", bytesOf(bits))).toEqual(expected);
  });

  it("stored column by column are turned into rows", () => {
    expect(matrix("<f4", "(2, 3)", bytesOf(Float32Array.of(1, 4, 2, 5, 3, 6)), "True")).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("with the largest byte first are read right", () => {
    expect(matrix(">i2", "(2, 1)", Uint8Array.of(1, 0, 0, 2))).toEqual([256, 2]);
  });

  it("are read piece by piece", { tags: ["long"] }, () => {
    // more entries than one piece of 4 MB holds
    const rows = 1_200_000;
    const entries = Float64Array.from({ length: rows }, (_, i) => i);
    const read = matrix("<f8", `(${rows}, 1)`, bytesOf(entries));
    expect([read.length, read[524_287], read[524_288], read[rows - 1]]).toEqual([rows, 524_287, 524_288, rows - 1]);
  });

  it.each([
    ["cut off", npy("<f4", "(9, 2)", new Uint8Array(8)), /cut off/],
    ["of sizes beyond all files", npy("<f4", "(999999999999999, 999999999999999)", new Uint8Array(8)), /cut off/],
    ["of objects", npy("|O", "(1, 1)", new Uint8Array(8)), /type "\|O"/],
    ["of a type that there is not", npy("<toString4", "(1, 1)", new Uint8Array(8)), /type "<toString4"/],
    ["of a type with something behind it", npy("<f4x", "(1, 1)", new Uint8Array(8)), /type "<f4x"/],
    ["of texts", npy("<U1", "(1, 2)", new Uint8Array(8)), /type <U1; give a table of numbers/],
    ["of another kind", Buffer.from("PK\x03\x04 is a zip file"), /no \.npy file/],
    ["empty", new Uint8Array(0), /no \.npy file/],
    ["of a later version", Buffer.from("\x93NUMPY\x09\x00\x00\x00\x00\x00", "latin1"), /version 9/],
    [
      "with a header longer than they are",
      Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\xff", "latin1"),
      /damaged header/,
    ],
    ["of fewer than no rows", npy("<f4", "(-2, 2)", new Uint8Array(8)), /damaged header: its shape is \(-2, 2\)/],
    ["of a shape that is none", npy("<f4", "(two, 2)", new Uint8Array(8)), /its shape is \(two, 2\)/],
    ["of a shape in powers", npy("<f4", "(1e0, 2)", new Uint8Array(8)), /its shape is \(1e0, 2\)/],
    ["of an order that is text", npy("<f4", "(1, 2)", new Uint8Array(8), "'True'"), /damaged header/],
    ["of one dimension", npy("<f4", "(2,)", new Uint8Array(8)), /shape \(2\)/],
    [
      "beyond float32",
      npy("<f8", "(2, 2)", bytesOf(Float64Array.of(1, 2, 3, -1e39))),
      /row 2 of .* holds -1e\+39 in column 2, beyond/,
    ],
  ])("%s are refused", (_, bytes, sentence) => {
    expect(() => readNpyMatrix(put(folder, "bad.npy", bytes))).toThrow(sentence);
  });

  it("with missing values name the first, leave its row out, or keep it open for a mean", () => {
    const path = put(folder, "gaps.npy", npy("<f4", "(3, 2)", bytesOf(Float32Array.of(1, 2, 3, NaN, 5, 6))));
    expect(() => readNpyTable(path, "error")).toThrow(/row 2 of .* holds NaN in column 2/);
    const dropped = readNpyTable(path, "drop");
    expect([[...dropped.vectors.data], [...dropped.rowNumbers!], dropped.used.rowsLeftOut]).toEqual([
      [1, 2, 5, 6],
      [1, 3],
      1,
    ]);
    expect(readNpyTable(path, "mean").used.filled).toBe(1);
    const infinite = put(folder, "inf.npy", npy("<f4", "(1, 2)", bytesOf(Float32Array.of(1, Infinity))));
    for (const missing of ["error", "drop", "mean"] as const)
      expect(() => readNpyTable(infinite, missing)).toThrow(/row 1 of .* holds Infinity in column 2/);
  });
});

describe("labels in npy files", () => {
  it("are strings, without what fills them up", () => {
    expect(labels("<U3", "(2,)", letters("ab\0cde"))).toEqual(["ab", "cde"]);
    expect(labels("|S3", "(2,)", Buffer.from("a\0\0é\0"))).toEqual(["a", "é"]);
  });

  it("are whole numbers to the last digit, however large", () => {
    expect(labels("<i8", "(2,)", bytesOf(BigInt64Array.of(2n ** 62n, 2n ** 62n + 1n)))).toEqual([
      "4611686018427387904",
      "4611686018427387905",
    ]);
    expect(labels("<i4", "(2, 1)", bytesOf(Int32Array.of(16777216, 16777217)))).toEqual(["16777216", "16777217"]);
    expect(labels("<f8", "(3,)", bytesOf(Float64Array.of(1, -0, 2.5)))).toEqual(["1", "0", "2.5"]);
  });

  it.each<[string, Parameters<typeof npy>, RegExp]>([
    ["NaN", ["<f4", "(3,)", bytesOf(Float32Array.of(1, 2, NaN))], /row 3 of .* holds NaN as its label/],
    ["two columns", ["<i4", "(30, 2)", new Uint8Array(240)], /shape \(30, 2\); give one label a row/],
    ["no letter of Unicode", ["<U1", "(2,)", bytesOf(Uint32Array.of(97, 0x110000))], /row 2 of .* no text/],
    ["half a letter", ["<U1", "(1,)", bytesOf(Uint32Array.of(0xd800))], /row 1 of .* no text/],
    ["a zero within", ["<U3", "(1,)", letters("a\0b")], /row 1 of .* no text/],
    ["no UTF-8", ["|S1", "(1,)", Uint8Array.of(0xff)], /row 1 of .* no text/],
    ["texts of no length", ["<U0", "(3000000000,)", new Uint8Array(0)], /texts of 0 bytes/],
  ])("that are %s are refused", (_, file, sentence) => {
    expect(() => labels(...file)).toThrow(sentence);
  });
});
