import { describe, expect, it } from "vitest";
import { positivePairsWithUniqueLabels } from "../../src/index.ts";

const lists = (given: ReturnType<typeof positivePairsWithUniqueLabels>) => [[...given.anchors], [...given.positives]];

describe("positivePairsWithUniqueLabels", () => {
  it("takes the first positive pair of each label, labels ascending", () => {
    expect(lists(positivePairsWithUniqueLabels(null, [10, 9, 10, 9, 2]))).toEqual([
      [1, 0],
      [3, 2],
    ]);
    expect(lists(positivePairsWithUniqueLabels(null, ["b", "a", "b", "a"]))).toEqual([
      [1, 0],
      [3, 2],
    ]);
  });

  it("keeps to the order of the pairs given", () => {
    const pairs = { anchors1: [2, 0, 1], positives: [0, 2, 3], anchors2: [], negatives: [] };
    expect(lists(positivePairsWithUniqueLabels(pairs, [1, 0, 1, 0]))).toEqual([
      [1, 2],
      [3, 0],
    ]);
  });

  it("gives none where there is none", () => {
    expect(lists(positivePairsWithUniqueLabels(null, ["a", "b"]))).toEqual([[], []]);
  });
});
