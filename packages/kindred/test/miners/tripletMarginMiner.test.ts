import { describe, expect, it } from "vitest";
import { LpDistance, TripletMarginMiner, type TypeOfTriplets } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import {
  describeMinerContract,
  mineBatch,
  miningBatch,
  tupleNames,
  type Candidate,
  type MiningBatch,
} from "../support/minerContract.ts";
import { plainTriplets } from "../support/plain.ts";

const slacks: Record<TypeOfTriplets, (violation: number, margin: number) => number> = {
  all: (v, margin) => margin - v,
  hard: (v, margin) => Math.min(margin - v, -v),
  semihard: (v, margin) => Math.min(margin - v, v),
  easy: (v, margin) => v - margin,
};

function twin(type: TypeOfTriplets, margin: number) {
  return ({ distances, isInverted, positives, negatives }: MiningBatch): Candidate[] => {
    const away = isInverted ? -1 : 1;
    return plainTriplets(positives, negatives).map(([a, p, n]) => ({
      name: `${a} ${p} ${n}`,
      slack: slacks[type](away * (distances[a][n] - distances[a][p]), margin),
    }));
  };
}

for (const type of ["all", "hard", "semihard", "easy"] as const) {
  for (const margin of [0.2, -0.15]) {
    describeMinerContract(`TripletMarginMiner of ${type} triplets with margin ${margin}`, {
      make: (options) => new TripletMarginMiner({ margin, typeOfTriplets: type, ...options }),
      twin: twin(type, margin),
    });
  }
}

describe("TripletMarginMiner", () => {
  it("finds many triplets of large classes as its twin does", { tags: ["long"] }, () => {
    const distance = new LpDistance();
    for (const [n, classes] of [
      [60, 2],
      [70, 8],
    ]) {
      for (const type of ["all", "semihard"] as const) {
        const batch = miningBatch({ n, d: 3, seed: 4, classes, distance });
        const names = tupleNames(mineBatch(new TripletMarginMiner({ margin: 0.1, typeOfTriplets: type }), batch, 3));
        const candidates = twin(type, 0.1)(batch);
        expect(new Set(names).size).toBe(names.length);
        const clear = candidates.filter(({ slack }) => Math.abs(slack) > 1e-5);
        const kept = new Set(names);
        expect(clear.filter(({ name, slack }) => kept.has(name) !== slack > 0)).toEqual([]);
      }
    }
  });

  it("counts a negative as far as the positive as hard, not as semihard", () => {
    const embeddings = [
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    const labels = ["a", "a", "b"];
    const mine = (typeOfTriplets: TypeOfTriplets): string[] =>
      tupleNames(new TripletMarginMiner({ typeOfTriplets }).mine(embeddings, labels));
    expect(mine("hard")).toContain("0 1 2");
    expect(mine("semihard")).not.toContain("0 1 2");
    expect(mine("all")).toContain("0 1 2");
  });

  it("tells the means over all triplets, mined or not", () => {
    const distance = new LpDistance();
    const miner = new TripletMarginMiner({ margin: -10 });
    const batch = miningBatch({ n: 14, d: 4, seed: 2, distance });
    expect(mineBatch(miner, batch, 4).negatives.length).toBe(0);
    const triplets = plainTriplets(batch.positives, batch.negatives);
    const mean = (f: (a: number, p: number, n: number) => number): number =>
      triplets.reduce((sum, [a, p, n]) => sum + f(a, p, n), 0) / triplets.length;
    const { posPairDist, negPairDist, avgTripletMargin } = miner.statistics;
    expect(posPairDist).toBeCloseTo(
      mean((a, p) => batch.distances[a][p]),
      5,
    );
    expect(negPairDist).toBeCloseTo(
      mean((a, _, n) => batch.distances[a][n]),
      5,
    );
    expect(avgTripletMargin).toBeCloseTo(
      mean((a, p, n) => batch.distances[a][n] - batch.distances[a][p]),
      5,
    );
  });

  it("draws those that maxTuplesPerAnchor leaves with equal chances", { tags: ["long"] }, () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 9, d: 4, seed: 11, classes: 2, distance });
    const ofFirst = (names: string[]): string[] => names.filter((name) => name.startsWith("0 "));
    const all = ofFirst(tupleNames(mineBatch(new TripletMarginMiner({ margin: 0.3 }), batch, 4)));
    expect(all.length).toBeGreaterThan(4);
    const bounded = new TripletMarginMiner({ margin: 0.3, maxTuplesPerAnchor: 1, seed: 3 });
    const counts = new Map(all.map((name) => [name, 0]));
    for (let round = 0; round < 4000; round++) {
      for (const name of ofFirst(tupleNames(mineBatch(bounded, batch, 4)))) counts.set(name, counts.get(name)! + 1);
    }
    expectDraws([...counts.values()], Array<number>(all.length).fill(1 / all.length));
  });

  it("has pytorch-metric-learning's defaults, and refuses other types", () => {
    expect(new TripletMarginMiner().options).toMatchObject({ margin: 0.2, typeOfTriplets: "all" });
    expect(() => new TripletMarginMiner({ typeOfTriplets: "hardest" as never })).toThrow(/give one of "all", "hard"/);
  });
});
