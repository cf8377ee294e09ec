import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchEasyHardMiner, CosineSimilarity, LpDistance, type Pairs, type PairStrategy } from "../../src/index.ts";
import { expectPairs, isClear, twinOfPairs } from "../support/easyHard.ts";
import {
  batchShapes,
  describeMinerContract,
  mineBatch,
  minerDistances,
  miningBatch,
} from "../support/minerContract.ts";

const strategies: PairStrategy[] = ["hard", "semihard", "easy", "all"];
const together = strategies.flatMap((pos) =>
  strategies
    .filter((neg) => !(pos === "semihard" && (neg === "semihard" || neg === "all")))
    .filter((neg) => !(neg === "semihard" && pos === "all"))
    .map((neg) => [pos, neg] as const),
);

for (const [posStrategy, negStrategy] of together) {
  describeMinerContract(`BatchEasyHardMiner of ${posStrategy} positives and ${negStrategy} negatives`, {
    make: (options) => new BatchEasyHardMiner({ posStrategy, negStrategy, ...options }),
    twin: null,
  });
}

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
          expectPairs(batch, pairs, twinOfPairs(batch, posStrategy, negStrategy, posRange, negRange));
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
      const found = twinOfPairs(batch, "hard", "easy", null, null).filter(({ positives }) => positives.length > 0);
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
