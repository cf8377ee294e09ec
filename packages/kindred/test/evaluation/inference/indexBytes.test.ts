import { describe, expect, it } from "vitest";
import { crc32 } from "../../../src/bytes/crc32.ts";
import { EmbeddingIndex } from "../../../src/evaluation/inference/embeddingIndex.ts";
import { bitFlips, cuts, otherViews, randomDamage } from "../../bytes/damage.ts";
import { normalMatrix } from "../fixtures.ts";

const storages = ["float32", "int8", "bits"] as const;

function indexOf(storage: (typeof storages)[number]): EmbeddingIndex {
  const index = new EmbeddingIndex({ storage });
  index.add(normalMatrix(5, 9));
  return index;
}

/** The bytes with a change that whoever made it gave the right checksum. */
function forged(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  change(view);
  view.setUint32(20, crc32(copy.subarray(24), crc32(copy.subarray(0, 20))), true);
  return copy;
}

describe.each(storages)("an index kept as %s", (storage) => {
  const index = indexOf(storage);
  const bytes = index.save({ note: "ä" });

  it("is read from any Uint8Array, Buffers of Node and unaligned views among them, and searched the same", () => {
    const query = normalMatrix(3, 9, 5);
    for (const view of otherViews(bytes)) {
      const { index: loaded, extra } = EmbeddingIndex.load(view);
      view.fill(0);
      expect(loaded.rows()).toEqual(index.rows());
      expect(loaded.search(query, 2)).toEqual(index.search(query, 2));
      expect(extra).toEqual({ note: "ä" });
    }
  });

  it(
    "is refused when any bit was changed, when it was cut off anywhere, or when more stands behind its end",
    { tags: ["long"] },
    () => {
      for (const damaged of [
        ...bitFlips(bytes),
        ...cuts(bytes),
        ...randomDamage(bytes, 300, 2),
        Buffer.concat([bytes, bytes.subarray(0, 1)]),
      ])
        // prettier-ignore
        expect(() => EmbeddingIndex.load(damaged)).toThrow(RangeError);
    },
  );

  it.each<[string, (view: DataView) => void]>([
    ["more rows than bytes", (view) => view.setUint32(8, 1e6, true)],
    ["4e9 rows", (view) => view.setUint32(8, 4e9, true)],
    ["4e9 columns", (view) => view.setUint32(12, 4e9, true)],
    ["no columns", (view) => view.setUint32(12, 0, true)],
    ["an unknown storage", (view) => view.setUint8(5, 9)],
    ["something where nothing is", (view) => view.setUint8(6, 1)],
    ["a description beyond the end", (view) => view.setUint32(16, 1e6, true)],
    ["a description that is no JSON", (view) => view.setUint8(24, 33)],
    ["NaN", (view) => view.setFloat32(24 + view.getUint32(16, true), NaN, true)],
  ])("is refused with %s, though its checksum is right", (_, change) => {
    expect(() => EmbeddingIndex.load(forged(bytes, change))).toThrow(/^the index is damaged: .+; take another copy/);
  });
});
