import { describe, expect, it } from "vitest";
import { arraysFromBytes, arraysToBytes, type ShapedArray } from "../../src/bytes/arrayFile.ts";
import { arrayTypes, typeOf } from "../../src/bytes/arrayTypes.ts";
import { bitFlips, cuts, otherViews, randomDamage } from "./damage.ts";

/** Three numbers of each type, and of some an empty array and one of three dimensions. */
const arrays: Record<string, ShapedArray> = {
  ...Object.fromEntries(
    Object.entries(arrayTypes).map(([type, Type]) => {
      const isBig = type === "I64" || type === "U64";
      const data = new Type(3);
      data.set((isBig ? [1n, 2n, 250n] : [1, 2, 250]) as never);
      return [`of ${type}`, { data, shape: [3] }];
    }),
  ),
  empty: { data: new Float64Array(0), shape: [0, 4] },
  cube: { data: Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 2, 2] },
};
const bytes = arraysToBytes(arrays, { note: "ä" });

describe("arrays of a safetensors file", () => {
  it("come back with their types, shapes and numbers, from any view of the bytes, as copies", () => {
    for (const view of otherViews(bytes)) {
      const read = arraysFromBytes(view);
      view.fill(0);
      expect(read).toMatchObject({ arrays, metadata: { note: "ä" } });
      for (const [name, { data }] of Object.entries(arrays)) expect(typeOf(read.arrays[name].data)).toBe(typeOf(data));
    }
  });

  it("begin at a multiple of their types, so that others can map them", () => {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    type Header = Record<string, { data_offsets?: [number, number] }>;
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
    for (const [name, { data }] of Object.entries(arrays))
      expect((8 + length + header[name].data_offsets![0]) % data.BYTES_PER_ELEMENT, name).toBe(0);
  });

  it("are refused when any bit was changed, or they were cut off or made longer", { tags: ["long"] }, () => {
    const longer = Buffer.concat([bytes, bytes.subarray(0, 1)]);
    for (const damaged of [...bitFlips(bytes), ...cuts(bytes), ...randomDamage(bytes, 300, 1), longer])
      expect(() => arraysFromBytes(damaged)).toThrow(/^this is no sound safetensors file/);
  });

  it("are refused when their type is unknown", () => {
    const json = JSON.stringify({ a: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } });
    const file = Buffer.concat([Buffer.from([json.length, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(json), Buffer.alloc(2)]);
    expect(() => arraysFromBytes(file)).toThrow(/"a" is of type "BF16", known are F32, F64/);
  });

  it("are refused when names and words take more than a reader takes, before they are written", () => {
    expect(() => arraysToBytes({}, { words: "x".repeat(100_000_001) })).toThrow(/at most 100000000 can be/);
  });
});
