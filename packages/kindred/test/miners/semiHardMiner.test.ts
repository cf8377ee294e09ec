import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SemiHardMiner, TripletMarginLoss, type Triplets } from "../../src/index.ts";
import { threeRows } from "../support/byHand.ts";
import {
  batchShapes,
  describeMinerContract,
  mineBatch,
  minerDistances,
  miningBatch,
  type MiningBatch,
} from "../support/minerContract.ts";

describeMinerContract("SemiHardMiner", {
  make: ({ maxTuplesPerAnchor: _, seed: _seed, ...options }) => new SemiHardMiner(options),
  twin: null,
  isBounded: false,
});

/** How far apart two rows are; similarities turned round. */
function farness({ distances, isInverted }: MiningBatch, anchor: number, other: number): number {
  return (isInverted ? -1 : 1) * distances[anchor][other];
}

/** The negative of each positive pair: the closest beyond the positive, or else the farthest. */
function plainTriplets(batch: MiningBatch): string[] {
  return batch.positives.flatMap(([anchor, positive]) => {
    const others = batch.negatives.filter(([from]) => from === anchor).map(([, negative]) => negative);
    const byFarness = others.toSorted((a, b) => farness(batch, anchor, a) - farness(batch, anchor, b));
    const d_ap = farness(batch, anchor, positive);
    const chosen = byFarness.find((negative) => farness(batch, anchor, negative) > d_ap) ?? byFarness.at(-1);
    return chosen === undefined ? [] : [`${anchor} ${positive} ${chosen}`];
  });
}

/** Whether no two pairs of an anchor are so close that rounding decides between them. */
function isClear(batch: MiningBatch): boolean {
  return batch.distances.every((_, anchor) => {
    const ends = [...batch.positives, ...batch.negatives].filter(([from]) => from === anchor).map(([, end]) => end);
    const sorted = ends.map((end) => farness(batch, anchor, end)).toSorted((a, b) => a - b);
    return sorted.every((value, k) => k === 0 || value - sorted[k - 1] > 1e-4 * Math.max(1, Math.abs(value)));
  });
}

describe("SemiHardMiner", () => {
  it("takes for every positive pair the closest negative beyond it, or else the farthest", () => {
    fc.assert(
      fc.property(fc.record({ ...batchShapes, distance: fc.constantFrom(...minerDistances) }), (shape) => {
        const { distance, ...rest } = shape;
        const batch = miningBatch({ ...rest, distance });
        fc.pre(isClear(batch));
        const { anchors, positives, negatives } = mineBatch(new SemiHardMiner({ distance }), batch, rest.d) as Triplets;
        const found = Array.from(anchors, (anchor, k) => `${anchor} ${positives[k]} ${negatives[k]}`);
        expect(found.sort()).toEqual(plainTriplets(batch).sort());
      }),
      { numRuns: 150, seed: 6 },
    );
  });

  it("takes the farthest negative where none is beyond the positive", () => {
    const [x, , z] = threeRows;
    const rows = [x, z, [0.8, 0.6], [0.6, 0.8]];
    const mined = new SemiHardMiner().mine(rows, ["a", "a", "b", "b"]);
    const triplets = Array.from(mined.anchors, (anchor, k) => [anchor, mined.positives[k], mined.negatives[k]]);
    expect(triplets).toContainEqual([0, 1, 3]);
    expect(triplets).toContainEqual([1, 0, 2]);
  });

  it("gives a triplet loss one item a positive pair", () => {
    const rows = [...threeRows, [-1, 0], [0, -1]];
    const labels = [0, 0, 1, 1, 1];
    const tuples = new SemiHardMiner().mine(rows, labels);
    expect(new TripletMarginLoss({ margin: 5 }).evaluate(rows, labels, { tuples }).report.items).toBe(2 + 6);
  });
});
