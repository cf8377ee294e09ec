import { describe, expect, it } from "vitest";
import { MultiSimilarityMiner } from "../../src/index.ts";
import { describeMinerContract, type Candidate, type MiningBatch } from "../support/minerContract.ts";

function twin({ distances, isInverted, positives, negatives }: MiningBatch): Candidate[] {
  const alike = (a: number, j: number): number => (isInverted ? 1 : -1) * distances[a][j];
  const of = (pairs: typeof positives, anchor: number): number[] =>
    pairs.filter(([a]) => a === anchor).map(([a, j]) => alike(a, j));
  return [
    ...positives.map(([a, p]) => ({
      name: `p ${a} ${p}`,
      slack: Math.max(-1e9, ...of(negatives, a)) - (alike(a, p) - 0.15),
    })),
    ...negatives.map(([a, n]) => ({
      name: `n ${a} ${n}`,
      slack: alike(a, n) + 0.15 - Math.min(1e9, ...of(positives, a)),
    })),
  ];
}

describeMinerContract("MultiSimilarityMiner", {
  make: (options) => new MultiSimilarityMiner({ epsilon: 0.15, ...options }),
  twin,
});

describe("MultiSimilarityMiner", () => {
  const embeddings = [0, 30, 50, 100].map((angle) => [
    Math.cos((angle * Math.PI) / 180),
    Math.sin((angle * Math.PI) / 180),
  ]);

  it("keeps the pairs on the wrong side of the hardest of the other kind", () => {
    // of sample 0: positive at 50 degrees (0.643), negatives at 30 (0.866) and 100 (-0.174)
    const { anchors1, positives, anchors2, negatives } = new MultiSimilarityMiner().mine(embeddings, [
      "a",
      "b",
      "a",
      "b",
    ]);
    expect(Array.from(anchors1, (a, k) => [a, positives[k]])).toContainEqual([0, 2]);
    const kept = Array.from(anchors2, (a, k) => [a, negatives[k]]);
    expect(kept).toContainEqual([0, 1]);
    expect(kept).not.toContainEqual([0, 3]);
  });

  it("compares by the cosine unless told otherwise", () => {
    expect(new MultiSimilarityMiner().distance.name).toBe("CosineSimilarity");
    expect(new MultiSimilarityMiner().options).toMatchObject({ epsilon: 0.1, maxTuplesPerAnchor: null, seed: 0 });
  });
});
