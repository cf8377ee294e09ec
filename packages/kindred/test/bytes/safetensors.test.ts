import { describe, expect, it } from "vitest";
import { tensorsFromBytes, tensorsToBytes } from "../../src/bytes/safetensors.ts";
import { bitFlips, cuts, otherViews, randomDamage } from "./damage.ts";

const tensors = {
  a: { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, cols: 3 },
  näme: { data: Float32Array.of(-3), rows: 1, cols: 1 },
  empty: { data: new Float32Array(0), rows: 0, cols: 4 },
};
const metadata = { note: "ä" };
const bytes = tensorsToBytes(tensors, metadata);

/** A file whose header and data are as given. */
function fileOf(header: unknown, dataBytes = 16): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const entry = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };

describe("tensorsToBytes", () => {
  it("writes what tensorsFromBytes reads, the data at a multiple of 8", () => {
    const { checksum, ...read } = tensorsFromBytes(bytes);
    expect(read).toEqual({ tensors, metadata });
    expect(checksum).toMatch(/^[0-9a-f]{8}$/);
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
    expect(tensorsFromBytes(tensorsToBytes({})).tensors).toEqual({});
  });

  it("writes the same header as the format's own library reads: dtype, shape and offsets by name", () => {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
    expect(header).toMatchObject({ a: { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] } });
    expect(header["__metadata__"]).toMatchObject(metadata);
  });

  it("writes the entries alone of a matrix that is a view", () => {
    const view = { data: Float32Array.of(9, 1, 2, 9).subarray(1, 3), rows: 1, cols: 2 };
    expect(tensorsFromBytes(tensorsToBytes({ view })).tensors["view"].data).toEqual(Float32Array.of(1, 2));
  });

  it("refuses what is no matrix, and names that the format keeps", () => {
    expect(() => tensorsToBytes({ a: { ...tensors.a, rows: 5 } })).toThrow(/the tensor "a" is no matrix/);
    expect(() => tensorsToBytes({ a: null } as never)).toThrow(TypeError);
    expect(() => tensorsToBytes({ __metadata__: tensors.a })).toThrow(/which the format keeps/);
    expect(() => tensorsToBytes({}, { crc32: "x" })).toThrow(/take another name/);
    expect(() => tensorsToBytes({}, { n: 1 } as never)).toThrow(/entries are words/);
  });
});

describe("tensorsFromBytes", () => {
  it("takes any Uint8Array: Buffers of Node, unaligned views, shared memory; what it gives is a copy", () => {
    for (const view of otherViews(bytes)) {
      const read = tensorsFromBytes(view);
      expect(read.tensors).toEqual(tensors);
      view.fill(0);
      expect(read.tensors).toEqual(tensors);
    }
  });

  it(
    "refuses a file of which any bit was changed, or that was cut off anywhere, or has more behind its end",
    { tags: ["long"] },
    () => {
      for (const damaged of [
        ...bitFlips(bytes),
        ...cuts(bytes),
        ...randomDamage(bytes, 300, 1),
        Buffer.concat([bytes, bytes.subarray(0, 1)]),
      ])
        // prettier-ignore
        expect(() => tensorsFromBytes(damaged)).toThrow(/^this is no sound safetensors file|a float32 matrix is needed/);
    },
  );

  it("reads a file that another program wrote without a checksum", () => {
    expect(tensorsFromBytes(fileOf({ a: entry }))).toEqual({
      tensors: { a: { data: new Float32Array(4), rows: 2, cols: 2 } },
      metadata: {},
      checksum: null,
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["null", "null", /no JSON object/],
    ["a list", "[]", /no JSON object/],
    ["a tensor null", { a: null }, /"a" has not just dtype, shape and data_offsets/],
    ["no offsets", { a: { dtype: "F32", shape: [2, 2] } }, /not just/],
    ["another type", { a: { ...entry, dtype: "F16" } }, /"a" .* is "F16" of shape \[2,2\]; a float32 matrix is needed/],
    ["another rank", { a: { ...entry, shape: [4] } }, /of shape \[4\]; a float32 matrix/],
    ["negative offsets", { a: { ...entry, data_offsets: [-16, 0] } }, /no whole numbers >= 0/],
    ["fractional offsets", { a: { ...entry, data_offsets: [0.5, 16.5] } }, /no whole numbers >= 0/],
    ["a negative shape", { a: { ...entry, shape: [-2, -2] } }, /no whole numbers >= 0/],
    ["a huge shape", { a: { ...entry, shape: [2 ** 40, 2 ** 40] } }, /1099511627776 x 1099511627776 and has 16 bytes/],
    [
      "an end beyond the data",
      { a: { ...entry, shape: [20, 20], data_offsets: [0, 1600] } },
      /1600 bytes of data, there are 16/,
    ],
    ["a gap", { a: { ...entry, shape: [1, 2], data_offsets: [8, 16] } }, /a gap at byte 0/],
    ["an overlap", { a: entry, b: { ...entry, shape: [1, 2], data_offsets: [8, 16] } }, /an overlap at byte 8/],
    [
      "data that nobody names",
      { a: { ...entry, shape: [1, 2], data_offsets: [0, 8] } },
      /8 bytes of data, there are 16/,
    ],
    ["a tensor __proto__", '{"__proto__":null}', /"__proto__" has not just/],
    ["metadata that are no words", { __metadata__: { n: 1 }, a: entry }, /no words by name/],
    ["a wrong checksum", { __metadata__: { crc32: "00000000" }, a: entry }, /checksum is not that of its contents/],
  ])("refuses a header with %s", (_, header, sentence) => {
    expect(() => tensorsFromBytes(fileOf(header))).toThrow(sentence);
    expect(() => tensorsFromBytes(fileOf(header))).toThrow(RangeError);
  });

  it("refuses a header longer than the file, before it takes memory, and what are no bytes", () => {
    expect(() => tensorsFromBytes(new Uint8Array(64).fill(0x7f))).toThrow(/at most 56 can be/);
    for (const given of [null, undefined, "x", [1], bytes.buffer, new Float32Array(8), new DataView(bytes.buffer)])
      expect(() => tensorsFromBytes(given as never)).toThrow(/no Uint8Array; give its bytes/);
  });
});
