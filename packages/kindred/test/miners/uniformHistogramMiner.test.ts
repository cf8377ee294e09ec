import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LpDistance, UniformHistogramMiner, type Pairs, type PairHistogram } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import {
  batchShapes,
  describeMinerContract,
  mineBatch,
  minerDistances,
  miningBatch,
  type MiningBatch,
} from "../support/minerContract.ts";
import { fromRows, type Pair } from "../support/plain.ts";

function distributionOf(miner: UniformHistogramMiner, batch: MiningBatch, d: number) {
  return miner.distribution(fromRows(batch.rows, d), [...batch.labels], {
    reference: batch.reference === null ? undefined : fromRows(batch.reference, d),
    referenceLabels: batch.referenceLabels ?? undefined,
  });
}

/** The bin of each pair, by looking through the edges. */
function binsOf(batch: MiningBatch, pairs: readonly Pair[], edges: ArrayLike<number>): number[] {
  const inner = Array.from(edges).slice(1, -1);
  return pairs.map(([a, j]) => inner.filter((edge) => batch.distances[a][j] >= edge).length);
}

describeMinerContract("UniformHistogramMiner", {
  make: (options) => new UniformHistogramMiner({ numBins: 4, posPerBin: 3, negPerBin: 3, ...options }),
  twin: null,
});

describe("UniformHistogramMiner", () => {
  it("puts the pairs of any batch into bins of equal width", () => {
    const shape = {
      ...batchShapes,
      numBins: fc.integer({ min: 1, max: 9 }),
      distance: fc.constantFrom(...minerDistances),
    };
    fc.assert(
      fc.property(fc.record(shape), ({ numBins, distance, ...rest }) => {
        const batch = miningBatch({ ...rest, distance });
        const miner = new UniformHistogramMiner({ numBins, posPerBin: 4, negPerBin: 7, distance });
        const { positives, negatives } = distributionOf(miner, batch, rest.d);
        const check = (
          { edges, candidatesPerBin, sampledPerBin }: PairHistogram,
          pairs: readonly Pair[],
          draws: number,
        ) => {
          if (pairs.length === 0) {
            expect([edges.length, candidatesPerBin.length, sampledPerBin.length]).toEqual([0, 0, 0]);
            return;
          }
          const values = pairs.map(([a, j]) => batch.distances[a][j]);
          const scale = Math.max(1, ...values.map(Math.abs));
          const [low, high] = [Math.min(...values), Math.max(...values)];
          expect(edges.length).toBe(numBins + 1);
          edges.forEach((edge, b) =>
            expect(Math.abs(edge - (low + ((high - low) * b) / numBins)) / scale).toBeLessThan(1e-5),
          );
          expect(candidatesPerBin.reduce((sum, count) => sum + count, 0)).toBe(pairs.length);
          expect(Array.from(sampledPerBin)).toEqual(Array.from(candidatesPerBin, (count) => (count > 0 ? draws : 0)));
          const isClear = values.every((x) =>
            Array.from(edges.subarray(1, -1)).every((edge) => Math.abs(x - edge) > 1e-5 * scale),
          );
          if (!isClear) return;
          const counts = new Array<number>(numBins).fill(0);
          for (const bin of binsOf(batch, pairs, edges)) counts[bin]++;
          expect(Array.from(candidatesPerBin)).toEqual(counts);
        };
        check(positives, batch.positives, 4);
        check(negatives, batch.negatives, 7);
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  it("puts a distance that is an edge into the bin above it, the largest into the last", () => {
    const embeddings = Array.from({ length: 41 }, (_, i) => [i * 0.1]);
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const values = [...distance.matrix(embeddings).data].filter((_, k) => k % 42 !== 0);
    for (const numBins of [3, 7, 10, 13, 39]) {
      const { positives } = new UniformHistogramMiner({ distance, numBins }).distribution(
        embeddings,
        embeddings.map(() => "a"),
      );
      const counts = new Array<number>(numBins).fill(0);
      for (const x of values) counts[positives.edges.slice(1, -1).filter((edge) => x >= edge).length]++;
      expect(Array.from(positives.candidatesPerBin)).toEqual(counts);
    }
  });

  it("draws as many pairs from each bin, all of a bin equally often", () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 10, d: 4, seed: 12, classes: 2, distance });
    const miner = new UniformHistogramMiner({ numBins: 3, posPerBin: 2, negPerBin: 5, seed: 7 });
    const { negatives } = distributionOf(miner, batch, 4);
    const bins = binsOf(batch, batch.negatives, negatives.edges);
    const places = new Map(batch.negatives.map(([a, n], k) => [`${a} ${n}`, k]));
    const counts = new Float64Array(batch.negatives.length);
    const rounds = 600;
    for (let round = 0; round < rounds; round++) {
      const { anchors2, negatives: others } = mineBatch(miner, batch, 4) as Pairs;
      const perBin = [0, 0, 0];
      for (let k = 0; k < anchors2.length; k++) {
        const place = places.get(`${anchors2[k]} ${others[k]}`)!;
        counts[place]++;
        perBin[bins[place]]++;
      }
      expect(perBin).toEqual(Array.from(negatives.sampledPerBin));
    }
    for (let bin = 0; bin < 3; bin++) {
      const own = counts.filter((_, k) => bins[k] === bin);
      if (own.length > 0) expectDraws(own, Array<number>(own.length).fill(1 / own.length));
    }
  });

  it("puts pairs that are all equally far into the last bin", () => {
    const miner = new UniformHistogramMiner({ numBins: 3, negPerBin: 2 });
    const { positives, negatives } = miner.distribution(
      [
        [1, 0],
        [0, 1],
      ],
      ["a", "b"],
    );
    expect(positives.edges.length).toBe(0);
    expect(Array.from(negatives.candidatesPerBin)).toEqual([0, 0, 2]);
    expect(Array.from(negatives.sampledPerBin)).toEqual([0, 0, 2]);
  });

  it("gives the same pairs for the same seed, other ones with each call", () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 12, d: 4, seed: 3, distance });
    const calls = (seed: number) => {
      const miner = new UniformHistogramMiner({ seed, numBins: 4 });
      return [mineBatch(miner, batch, 4), mineBatch(miner, batch, 4)];
    };
    expect(calls(1)).toEqual(calls(1));
    expect(calls(1)).not.toEqual(calls(2));
    expect(calls(1)[0]).not.toEqual(calls(1)[1]);
  });

  it("refuses bins and draws below one", () => {
    expect(() => new UniformHistogramMiner({ numBins: 0 })).toThrow(/numBins is 0/);
    expect(() => new UniformHistogramMiner({ posPerBin: 0.5 })).toThrow(/posPerBin is 0.5/);
  });
});
