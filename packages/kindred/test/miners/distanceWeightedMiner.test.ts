import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CosineSimilarity, DistanceWeightedMiner, LpDistance, type Triplets } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import {
  batchShapes,
  describeMinerContract,
  mineBatch,
  miningBatch,
  type MiningBatch,
} from "../support/minerContract.ts";
import { fromRows, toRows } from "../support/plain.ts";

const distance = new LpDistance();

/** Each anchor's weights over all references, from the paper's equation. */
function plainProbabilities(batch: MiningBatch, d: number, cutoff: number, nonzeroLossCutoff: number): number[][] {
  return batch.distances.map((row, anchor) => {
    const weights = row.map((value, j) => {
      const isNegative = batch.negatives.some(([a, n]) => a === anchor && n === j);
      const x = Math.max(value, cutoff);
      return isNegative && x < nonzeroLossCutoff ? 1 / (x ** (d - 2) * (1 - (x * x) / 4) ** ((d - 3) / 2)) : 0;
    });
    const total = weights.reduce((sum, w) => sum + w, 0);
    const hasPositive = batch.positives.some(([a]) => a === anchor);
    return weights.map((w) => (hasPositive && total > 0 ? w / total : 0));
  });
}

function distributionOf(miner: DistanceWeightedMiner, batch: MiningBatch, d: number) {
  return miner.distribution(fromRows(batch.rows, d), [...batch.labels], {
    reference: batch.reference === null ? undefined : fromRows(batch.reference, d),
    referenceLabels: batch.referenceLabels ?? undefined,
  });
}

describeMinerContract("DistanceWeightedMiner", {
  make: (options) => new DistanceWeightedMiner({ nonzeroLossCutoff: 1.9, ...options }),
  twin: null,
  distances: [distance],
});

describe("DistanceWeightedMiner", () => {
  it("weights negatives as the paper says, over any batch", () => {
    const shape = { ...batchShapes, cutoff: fc.double({ min: 0.1, max: 0.9, noNaN: true }) };
    fc.assert(
      fc.property(fc.record(shape), ({ cutoff, ...rest }) => {
        const batch = miningBatch({ ...rest, distance });
        const limit = 1.3;
        fc.pre(batch.distances.flat().every((x) => Math.abs(x - limit) > 1e-5));
        const miner = new DistanceWeightedMiner({ cutoff, nonzeroLossCutoff: limit });
        const { negativeProbabilities, tripletsPerAnchor } = distributionOf(miner, batch, rest.d);
        const expected = plainProbabilities(batch, rest.d, cutoff, limit);
        toRows(negativeProbabilities).forEach((row, a) => {
          row.forEach((p, j) => expect(Math.abs(p - expected[a][j])).toBeLessThan(1e-4));
          const size = batch.positives.filter(([anchor]) => anchor === a).length + (batch.reference === null ? 1 : 0);
          expect(tripletsPerAnchor[a]).toBe(expected[a].some((p) => p > 0) ? size : 0);
        });
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it("draws triplets from that distribution, positives uniformly", () => {
    for (const m of [null, 9]) {
      const batch = miningBatch({ n: 10, d: 4, m, seed: 21, classes: 2, distance });
      const miner = new DistanceWeightedMiner({ seed: 5, nonzeroLossCutoff: 1.8 });
      const { negativeProbabilities, tripletsPerAnchor } = distributionOf(miner, batch, 4);
      const probabilities = toRows(negativeProbabilities);
      const others = probabilities[0].length;
      const negativeCounts = batch.rows.map(() => new Float64Array(others));
      const positiveCounts = batch.rows.map(() => new Float64Array(others));
      const rounds = 400;
      for (let round = 0; round < rounds; round++) {
        const { anchors, positives, negatives } = mineBatch(miner, batch, 4) as Triplets;
        const counts = new Int32Array(batch.rows.length);
        for (let k = 0; k < anchors.length; k++) {
          counts[anchors[k]]++;
          positiveCounts[anchors[k]][positives[k]]++;
          negativeCounts[anchors[k]][negatives[k]]++;
        }
        expect(Array.from(counts)).toEqual(Array.from(tripletsPerAnchor));
      }
      let checked = 0;
      batch.rows.forEach((_, a) => {
        if (tripletsPerAnchor[a] === 0) return;
        checked++;
        expectDraws(negativeCounts[a], probabilities[a]);
        const own = batch.positives.filter(([anchor]) => anchor === a).map(([, p]) => p);
        expectDraws(
          positiveCounts[a],
          Array.from({ length: others }, (_, j) => (own.includes(j) ? 1 / own.length : 0)),
        );
      });
      expect(checked).toBeGreaterThan(5);
    }
  });

  it("keeps its numbers in hundreds of dimensions", () => {
    const batch = miningBatch({ n: 20, d: 512, seed: 2, distance });
    const miner = new DistanceWeightedMiner({ nonzeroLossCutoff: 1.5 });
    const { negativeProbabilities } = distributionOf(miner, batch, 512);
    const sums = toRows(negativeProbabilities).map((row) => row.reduce((sum, p) => sum + p, 0));
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
  });

  it("gives the same triplets for the same seed, other ones with each call", () => {
    const batch = miningBatch({ n: 12, d: 4, seed: 3, distance });
    const calls = (seed: number) => {
      const miner = new DistanceWeightedMiner({ seed });
      return [mineBatch(miner, batch, 4), mineBatch(miner, batch, 4)];
    };
    expect(calls(1)).toEqual(calls(1));
    expect(calls(1)).not.toEqual(calls(2));
    expect(calls(1)[0]).not.toEqual(calls(1)[1]);
  });

  it("refuses any distance but the Euclidean one of normalized embeddings", () => {
    expect(() => new DistanceWeightedMiner({ distance: new CosineSimilarity() })).toThrow(
      "DistanceWeightedMiner works on LpDistance alone, given CosineSimilarity; leave the distance out",
    );
    expect(() => new DistanceWeightedMiner({ distance: new LpDistance({ power: 2 }) })).toThrow(
      "DistanceWeightedMiner needs a LpDistance with power 1, given 2; leave power out",
    );
    expect(() => new DistanceWeightedMiner({ cutoff: -1 })).toThrow(/cutoff is -1/);
  });
});
