import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BatchEasyHardMiner,
  BatchHardMiner,
  CosineSimilarity,
  LpDistance,
  type Pairs,
  type PairStrategy,
  type Range,
  type Triplets,
} from "../../src/index.ts";
import {
  batchShapes,
  describeMinerContract,
  mineBatch,
  minerDistances,
  miningBatch,
  type MiningBatch,
} from "../support/minerContract.ts";

/** What the twin finds for an anchor: the distance of the pair chosen, all of them, or none. */
interface Expected {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

function twin(
  { distances, isInverted, positives, negatives, rows }: MiningBatch,
  posStrategy: PairStrategy,
  negStrategy: PairStrategy,
  posRange: Range | null,
  negRange: Range | null,
): Expected[] {
  const away = isInverted ? -1 : 1;
  const best = (values: number[], farthest: boolean): number[] => {
    const sorted = [...values].sort((x, y) => away * (x - y));
    return sorted.length === 0 ? [] : [farthest ? sorted[sorted.length - 1] : sorted[0]];
  };
  const within = (range: Range | null) => (x: number) => range === null || (x >= range[0] && x <= range[1]);
  return rows.map((_, anchor) => {
    const of = (pairs: MiningBatch["positives"]): number[] =>
      pairs.filter(([a]) => a === anchor).map(([a, j]) => distances[a][j]);
    const findPositive = (closerThan: number | null): number[] => {
      const all = of(positives);
      if (posStrategy === "all") return all;
      const some = all.filter(within(posRange)).filter((x) => closerThan === null || away * x < away * closerThan);
      return best(some, posStrategy !== "easy");
    };
    const findNegative = (fartherThan: number | null): number[] => {
      const all = of(negatives);
      if (negStrategy === "all") return all;
      const some = all.filter(within(negRange)).filter((x) => fartherThan === null || away * x > away * fartherThan);
      return best(some, negStrategy === "easy");
    };
    let p: number[];
    let n: number[];
    if (posStrategy === "semihard") {
      n = findNegative(null);
      p = n.length === 0 ? [] : findPositive(n[0]);
    } else {
      p = findPositive(null);
      if (negStrategy === "semihard") n = p.length === 0 ? [] : findNegative(p[0]);
      else n = findNegative(null);
    }
    const isApart = posStrategy === "all" || negStrategy === "all";
    if (!isApart && (p.length === 0 || n.length === 0)) return { positives: [], negatives: [] };
    return { positives: p, negatives: n };
  });
}

const strategies: PairStrategy[] = ["hard", "semihard", "easy", "all"];
const together = strategies.flatMap((pos) =>
  strategies
    .filter((neg) => !(pos === "semihard" && (neg === "semihard" || neg === "all")))
    .filter((neg) => !(neg === "semihard" && pos === "all"))
    .map((neg) => [pos, neg] as const),
);

/** Whether a range's bound or a semihard limit is so near a distance that rounding decides. */
function isClear(batch: MiningBatch, ranges: readonly (Range | null)[]): boolean {
  const values = batch.distances.flatMap((row, a) => row.filter((_, j) => batch.reference !== null || a !== j));
  const bounds = ranges.flatMap((range) => (range === null ? [] : [...range]));
  if (values.some((x) => bounds.some((bound) => Math.abs(x - bound) < 1e-5 * Math.max(1, Math.abs(x))))) return false;
  return batch.distances.every((row, a) => {
    const sorted = row.filter((_, j) => batch.reference !== null || a !== j).sort((x, y) => x - y);
    return sorted.every((x, k) => k === 0 || x - sorted[k - 1] > 1e-5 * Math.max(1, Math.abs(x)));
  });
}

function distancesOf(batch: MiningBatch, anchors: ArrayLike<number>, others: ArrayLike<number>): number[][] {
  const found = batch.rows.map((): number[] => []);
  for (let k = 0; k < anchors.length; k++) found[anchors[k]].push(batch.distances[anchors[k]][others[k]]);
  return found.map((list) => list.sort((x, y) => x - y));
}

function expectPairs(batch: MiningBatch, pairs: Pairs, expected: readonly Expected[]): void {
  const sorted = (list: readonly number[]): number[] => [...list].sort((x, y) => x - y);
  expect(distancesOf(batch, pairs.anchors1, pairs.positives)).toEqual(expected.map((e) => sorted(e.positives)));
  expect(distancesOf(batch, pairs.anchors2, pairs.negatives)).toEqual(expected.map((e) => sorted(e.negatives)));
}

for (const [posStrategy, negStrategy] of together) {
  describeMinerContract(`BatchEasyHardMiner of ${posStrategy} positives and ${negStrategy} negatives`, {
    make: (options) => new BatchEasyHardMiner({ posStrategy, negStrategy, ...options }),
    twin: null,
  });
}

describeMinerContract("BatchHardMiner", {
  make: ({ maxTuplesPerAnchor: _, seed: _seed, ...options }) => new BatchHardMiner(options),
  twin: null,
  isBounded: false,
});

const ranges = fc.option(
  fc.tuple(fc.double({ min: -0.5, max: 1.2, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
);

describe("BatchEasyHardMiner", () => {
  for (const [posStrategy, negStrategy] of together) {
    it(`finds the ${posStrategy} positive and the ${negStrategy} negative, within their ranges`, () => {
      const shape = { ...batchShapes, distance: fc.constantFrom(...minerDistances), pos: ranges, neg: ranges };
      fc.assert(
        fc.property(fc.record(shape), ({ distance, pos, neg, ...rest }) => {
          const batch = miningBatch({ ...rest, distance });
          const posRange = pos === null ? null : ([pos[0], pos[0] + pos[1]] as const);
          const negRange = neg === null ? null : ([neg[0], neg[0] + neg[1]] as const);
          fc.pre(isClear(batch, [posRange, negRange]));
          const miner = new BatchEasyHardMiner({
            posStrategy,
            negStrategy,
            distance,
            allowedPosRange: posRange,
            allowedNegRange: negRange,
          });
          const pairs = mineBatch(miner, batch, rest.d) as Pairs;
          expectPairs(batch, pairs, twin(batch, posStrategy, negStrategy, posRange, negRange));
        }),
        { numRuns: 60, seed: 5 },
      );
    });
  }

  it("takes no pair for semihard that is just as far as the other", () => {
    const embeddings = [
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    for (const [posStrategy, negStrategy] of [
      ["hard", "semihard"],
      ["semihard", "hard"],
    ] as const) {
      const pairs = new BatchEasyHardMiner({ posStrategy, negStrategy }).mine(embeddings, ["a", "a", "b"]);
      expect(Array.from(pairs.anchors1)).not.toContain(0);
    }
  });

  it("tells the extremes of what it mined", () => {
    for (const distance of [new LpDistance(), new CosineSimilarity()]) {
      const batch = miningBatch({ n: 12, d: 4, seed: 3, distance });
      const miner = new BatchEasyHardMiner({ posStrategy: "hard", negStrategy: "easy", distance });
      mineBatch(miner, batch, 4);
      const found = twin(batch, "hard", "easy", null, null).filter(({ positives }) => positives.length > 0);
      const positives = found.map((e) => e.positives[0]);
      const negatives = found.map((e) => e.negatives[0]);
      const gaps = positives.map((p, k) => p - negatives[k]);
      const ends = (list: number[]): number[] => [Math.min(...list), Math.max(...list)];
      const order = (list: number[]): number[] => (distance.isInverted ? ends(list).reverse() : ends(list));
      const { statistics } = miner;
      const expectBoth = (given: number[], expected: number[]): void =>
        given.forEach((x, k) => expect(x).toBeCloseTo(expected[k], 5));
      expectBoth([statistics.easiestTriplet, statistics.hardestTriplet], order(gaps));
      expectBoth([statistics.easiestPosPair, statistics.hardestPosPair], order(positives));
      expectBoth([statistics.hardestNegPair, statistics.easiestNegPair], order(negatives));
    }
  });

  it("refuses strategies that do not go together, and what is no range", () => {
    expect(() => new BatchEasyHardMiner({ posStrategy: "semihard" })).toThrow(/"semihard" compares with one pair/);
    expect(() => new BatchEasyHardMiner({ posStrategy: "all" })).toThrow(/posStrategy is "all"/);
    expect(() => new BatchEasyHardMiner({ negStrategy: "harder" as never })).toThrow(/give one of "hard"/);
    expect(() => new BatchEasyHardMiner({ allowedPosRange: [2, 1] })).toThrow(/least <= most/);
    expect(() => new BatchEasyHardMiner({ allowedNegRange: [1] as never })).toThrow(TypeError);
    expect(() => new BatchEasyHardMiner({ allowedNegRange: [NaN, 1] })).toThrow(RangeError);
  });
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
        expectPairs(batch, pairs, twin(batch, "hard", "hard", null, null));
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

  it("finds the same in several tiles as in one", () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 1100, d: 3, m: 4000, seed: 7, classes: 4, distance: new CosineSimilarity() });
    const all = mineBatch(new BatchHardMiner({ distance }), batch, 3) as Triplets;
    const last = { ...batch, rows: batch.rows.slice(-3), labels: batch.labels.slice(-3) };
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
});
