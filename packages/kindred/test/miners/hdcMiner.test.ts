import { describe, expect, it } from "vitest";
import { HDCMiner, LpDistance, type Pairs } from "../../src/index.ts";
import {
  describeMinerContract,
  mineBatch,
  minerDistances,
  miningBatch,
  tupleNames,
  type Candidate,
  type MiningBatch,
} from "../support/minerContract.ts";
import type { Pair } from "../support/plain.ts";

/** Slack: by how much a pair is harder than the middle between the last one kept and the first left out. */
function twin(share: number) {
  return ({ distances, isInverted, positives, negatives }: MiningBatch): Candidate[] => {
    const away = isInverted ? -1 : 1;
    const rank = (pairs: readonly Pair[], kind: string, sign: number): Candidate[] => {
      const hardness = pairs.map(([a, j]) => sign * away * distances[a][j]);
      const sorted = [...hardness].sort((x, y) => y - x);
      const count = Math.ceil(share * pairs.length);
      const cut = count === 0 ? Infinity : count === pairs.length ? -Infinity : (sorted[count - 1] + sorted[count]) / 2;
      return pairs.map(([a, j], k) => ({ name: `${kind} ${a} ${j}`, slack: hardness[k] - cut }));
    };
    return [...rank(positives, "p", 1), ...rank(negatives, "n", -1)];
  };
}

for (const share of [0, 0.3, 0.5, 1]) {
  describeMinerContract(`HDCMiner with filterPercentage ${share}`, {
    make: (options) => new HDCMiner({ filterPercentage: share, ...options }),
    twin: twin(share),
    isAnchorwise: false,
  });
}

describe("HDCMiner", () => {
  it("keeps exactly the share asked for, equal distances or not", () => {
    for (const distance of minerDistances) {
      for (const filterPercentage of [0.1, 0.37, 0.9]) {
        const batch = miningBatch({ n: 15, d: 4, seed: 1, distance });
        const { anchors1, anchors2 } = mineBatch(new HDCMiner({ filterPercentage, distance }), batch, 4) as Pairs;
        expect(anchors1.length).toBe(Math.ceil(filterPercentage * batch.positives.length));
        expect(anchors2.length).toBe(Math.ceil(filterPercentage * batch.negatives.length));
      }
    }
    const equal = Array.from({ length: 8 }, () => [1, 1]);
    const tuples = new HDCMiner({ filterPercentage: 0.25 }).mine(equal, ["a", "a", "a", "a", "b", "b", "b", "b"]);
    expect([tuples.anchors1.length, tuples.anchors2.length]).toEqual([6, 8]);
  });

  it("chooses from tuples that were set, until they are reset", () => {
    const distance = new LpDistance();
    const batch = miningBatch({ n: 8, d: 3, seed: 2, distance });
    const tuples: Pairs = { anchors1: [0, 1, 2, 2], positives: [3, 4, 5, 5], anchors2: [6, 7], negatives: [0, 1] };
    const miner = new HDCMiner();
    miner.setIdxExternally(tuples);
    const chosen = mineBatch(miner, batch, 3) as Pairs;
    expect(mineBatch(miner, batch, 3)).toEqual(chosen);
    const positives = [0, 1, 2, 3].sort(
      (x, y) =>
        batch.distances[tuples.anchors1[y]][tuples.positives[y]] -
        batch.distances[tuples.anchors1[x]][tuples.positives[x]],
    );
    expect(Array.from(chosen.positives).sort()).toEqual(
      positives
        .slice(0, 2)
        .map((k) => tuples.positives[k])
        .sort(),
    );
    expect(chosen.negatives.length).toBe(1);
    miner.resetIdx();
    expect(tupleNames(mineBatch(miner, batch, 3))).toEqual(tupleNames(mineBatch(new HDCMiner(), batch, 3)));
  });

  it("takes triplets as pairs, and refuses rows that are not in the batch", () => {
    const miner = new HDCMiner({ filterPercentage: 1 });
    const embeddings = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    miner.setIdxExternally({ anchors: [0], positives: [1], negatives: [2] });
    expect(tupleNames(miner.mine(embeddings, [0, 0, 1]))).toEqual(["p 0 1", "n 0 2"]);
    miner.setIdxExternally({ anchors: [0], positives: [3], negatives: [2] });
    expect(() => miner.mine(embeddings, [0, 0, 1])).toThrow(/tuples.positives\[0\] is 3/);
  });

  it("refuses a share beyond 0 and 1", () => {
    expect(() => new HDCMiner({ filterPercentage: 1.5 })).toThrow(/filterPercentage is 1.5/);
  });
});
