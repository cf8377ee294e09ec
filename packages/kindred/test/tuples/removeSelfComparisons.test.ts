import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { removeSelfComparisons, type Pairs, type Triplets } from "../../src/index.ts";

describe("removeSelfComparisons", () => {
  it("removes positives that are the anchor itself in the reference, wherever the batch stands", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(9), fc.nat(9)), { maxLength: 12 }),
        (batchIndices, given) => {
          const triplets = given.filter(([a]) => a < batchIndices.length);
          const kept = removeSelfComparisons(
            {
              anchors: triplets.map(([a]) => a),
              positives: triplets.map(([, p]) => p),
              negatives: triplets.map(([, , n]) => n),
            },
            { batchIndices },
          );
          const listed = Array.from(kept.anchors, (a, k) => [a, kept.positives[k], kept.negatives[k]]);
          expect(listed).toEqual(triplets.filter(([a, p]) => p !== batchIndices[a]));
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it("leaves negative pairs alone", () => {
    const pairs: Pairs = { anchors1: [0, 1], positives: [5, 5], anchors2: [0], negatives: [5] };
    expect(removeSelfComparisons(pairs, { batchIndices: [5, 6] })).toEqual({
      anchors1: Int32Array.of(1),
      positives: Int32Array.of(5),
      anchors2: Int32Array.of(0),
      negatives: Int32Array.of(5),
    });
  });

  it("looks the other way round where the reference is a part of the embeddings", () => {
    const triplets: Triplets = { anchors: [4, 4], positives: [0, 1], negatives: [1, 0] };
    const kept = removeSelfComparisons(triplets, { batchIndices: [3, 4], referenceIsSubset: true });
    expect([...kept.positives]).toEqual([0]);
  });

  it("removes the comparison of a batch of one", () => {
    const pairs: Pairs = { anchors1: [0], positives: [2], anchors2: [], negatives: [] };
    expect(removeSelfComparisons(pairs, { batchIndices: [2] }).anchors1.length).toBe(0);
  });

  it("refuses to guess where the batch stands", () => {
    const pairs: Pairs = { anchors1: [], positives: [], anchors2: [], negatives: [] };
    expect(() => removeSelfComparisons(pairs, {} as never)).toThrow(/batchIndices is undefined/);
  });
});
