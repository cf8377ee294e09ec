import { describe, expect, it } from "vitest";
import { CosineSimilarity, PairMarginMiner, type Pairs } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import {
  describeMinerContract,
  mineBatch,
  miningBatch,
  type Candidate,
  type MiningBatch,
} from "../support/minerContract.ts";

const posMargin = 0.7;
const negMargin = 1.1;

function twin({ distances, isInverted, positives, negatives }: MiningBatch): Candidate[] {
  const away = isInverted ? -1 : 1;
  return [
    ...positives.map(([a, p]) => ({ name: `p ${a} ${p}`, slack: away * (distances[a][p] - posMargin) })),
    ...negatives.map(([a, n]) => ({ name: `n ${a} ${n}`, slack: away * (negMargin - distances[a][n]) })),
  ];
}

describeMinerContract("PairMarginMiner", {
  make: (options) => new PairMarginMiner({ posMargin, negMargin, ...options }),
  twin,
});

describe("PairMarginMiner", () => {
  it("tells the mean distances of all pairs, mined or not", () => {
    const distance = new CosineSimilarity();
    const miner = new PairMarginMiner({ distance, posMargin: -2, negMargin: 2 });
    const batch = miningBatch({ n: 12, d: 4, seed: 2, distance });
    mineBatch(miner, batch, 4);
    const mean = (pairs: MiningBatch["positives"]): number =>
      pairs.reduce((sum, [a, j]) => sum + batch.distances[a][j], 0) / pairs.length;
    expect(miner.statistics).toMatchObject({ numPosPairs: 0, numNegPairs: 0 });
    expect(miner.statistics.posPairDist).toBeCloseTo(mean(batch.positives), 5);
    expect(miner.statistics.negPairDist).toBeCloseTo(mean(batch.negatives), 5);
  });

  it("draws those that maxTuplesPerAnchor leaves with equal chances", { tags: ["long"] }, () => {
    const distance = new CosineSimilarity();
    const batch = miningBatch({ n: 9, d: 4, seed: 2, classes: 2, distance });
    const miner = new PairMarginMiner({ distance, posMargin: 2, negMargin: -2, maxTuplesPerAnchor: 2, seed: 1 });
    const own = batch.positives.filter(([a]) => a === 0).map(([, p]) => p);
    expect(own.length).toBeGreaterThan(2);
    const counts = new Map<string, number>();
    for (let x = 0; x < own.length; x++) for (let y = x + 1; y < own.length; y++) counts.set(`${own[x]} ${own[y]}`, 0);
    for (let round = 0; round < 4000; round++) {
      const { anchors1, positives } = mineBatch(miner, batch, 4) as Pairs;
      const chosen = Array.from(positives).filter((_, k) => anchors1[k] === 0);
      const set = chosen.sort((x, y) => x - y).join(" ");
      counts.set(set, counts.get(set)! + 1);
    }
    expectDraws([...counts.values()], Array<number>(counts.size).fill(1 / counts.size));
  });

  it("has pytorch-metric-learning's defaults", () => {
    expect(new PairMarginMiner().options).toMatchObject({ posMargin: 0.2, negMargin: 0.8 });
    expect(new PairMarginMiner().distance.name).toBe("LpDistance");
  });
});
