import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchHardMiner, CosineSimilarity, LpDistance, type Triplets } from "../../src/index.ts";
import { expectPairs, isClear, twinOfPairs } from "../support/easyHard.ts";
import {
  batchShapes,
  describeMinerContract,
  listedBatch,
  mineBatch,
  minerDistances,
  miningBatch,
} from "../support/minerContract.ts";

describeMinerContract("BatchHardMiner", {
  make: ({ maxTuplesPerAnchor: _, seed: _seed, ...options }) => new BatchHardMiner(options),
  twin: null,
  isBounded: false,
});

describe("BatchHardMiner", () => {
  it("takes the farthest positive and the closest negative of every anchor that has both", () => {
    fc.assert(
      fc.property(fc.record({ ...batchShapes, distance: fc.constantFrom(...minerDistances) }), (shape) => {
        const { distance, ...rest } = shape;
        const batch = miningBatch({ ...rest, distance });
        fc.pre(isClear(batch, []));
        const { anchors, positives, negatives } = mineBatch(
          new BatchHardMiner({ distance }),
          batch,
          rest.d,
        ) as Triplets;
        const pairs = { anchors1: anchors, positives, anchors2: anchors, negatives };
        expectPairs(batch, pairs, twinOfPairs(batch, "hard", "hard", null, null));
      }),
      { numRuns: 150, seed: 6 },
    );
  });

  it("tells a positive from a negative that is just as far", () => {
    // samples 1 and 2 coincide, and so do 3 and 4: each is as far from sample 0 as its twin of the other class
    const embeddings = [
      [1, 0],
      [0, 1],
      [0, 1],
      [0.6, 0.8],
      [0.6, 0.8],
    ];
    for (const labels of ["aabab", "abaab", "ababa", "aabba"]) {
      const { anchors, positives, negatives } = new BatchHardMiner().mine(embeddings, [...labels]);
      for (let k = 0; k < anchors.length; k++) {
        expect(labels[positives[k]]).toBe(labels[anchors[k]]);
        expect(positives[k]).not.toBe(anchors[k]);
        expect(labels[negatives[k]]).not.toBe(labels[anchors[k]]);
      }
      expect(anchors.length).toBe(5);
    }
  });

  it("finds the same in several tiles as in one", { tags: ["long"] }, () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 1100, d: 3, m: 4000, seed: 7, classes: 4, distance: new CosineSimilarity() });
    const all = mineBatch(new BatchHardMiner({ distance }), batch, 3) as Triplets;
    const { rows, labels, reference, referenceLabels } = batch;
    const last = listedBatch(rows.slice(-3), labels.slice(-3), reference, referenceLabels, distance);
    const some = mineBatch(new BatchHardMiner({ distance }), last, 3) as Triplets;
    expect(Array.from(all.anchors)).toEqual(Array.from({ length: 1100 }, (_, a) => a));
    expect(Array.from(all.positives).slice(-3)).toEqual(Array.from(some.positives));
    expect(Array.from(all.negatives).slice(-3)).toEqual(Array.from(some.negatives));
  });

  it("looks only at pairs within the allowed ranges", () => {
    const embeddings = [0, 10, 80, 20, 60].map((x) => [x]);
    const labels = ["a", "a", "a", "b", "b"];
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const miner = new BatchHardMiner({ distance, allowedPosRange: [0, 50], allowedNegRange: [30, Infinity] });
    const { anchors, positives, negatives } = miner.mine(embeddings, labels);
    expect(anchors[0]).toBe(0);
    expect([positives[0], negatives[0]]).toEqual([1, 4]);
    expect(Array.from(anchors)).not.toContain(2);
  });

  it("tells the extremes of what it mined", () => {
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const miner = new BatchHardMiner({ distance });
    // positives at 2 and 1, hardest negatives at 5, 3 and 3
    const { anchors } = miner.mine([[0], [2], [5], [6], [-10]], ["a", "a", "b", "b", "c"]);
    expect(Array.from(anchors)).toEqual([0, 1, 2, 3]);
    expect(miner.statistics).toEqual({
      numPosPairs: 0,
      numNegPairs: 0,
      numTriplets: 4,
      easiestTriplet: -3,
      hardestTriplet: -1,
      easiestPosPair: 1,
      hardestPosPair: 2,
      easiestNegPair: 5,
      hardestNegPair: 3,
    });
  });

  it("refuses ranges that are none, and options it does not have", () => {
    expect(() => new BatchHardMiner({ allowedPosRange: [2, 1] })).toThrow("allowedPosRange is [2, 1]");
    expect(() => new BatchHardMiner({ allowedNegRange: 3 as never })).toThrow(TypeError);
    expect(() => new BatchHardMiner({ posStrategy: "easy" } as object)).toThrow(/no option "posStrategy"/);
  });
});
