import { describe, expect, it } from "vitest";
import { toWeights } from "../../src/index.ts";

describe("toWeights", () => {
  it("weights each sample by how often it stands in the tuples, the most frequent by 1", () => {
    const triplets = { anchors: [0, 0], positives: [1, 2], negatives: [3, 3] };
    expect([...toWeights(triplets, 5)]).toEqual([1, 0.5, 0.5, 1, 0]);
    const pairs = { anchors1: [0, 1], positives: [1, 0], anchors2: [0], negatives: [2] };
    expect([...toWeights(pairs, 3)]).toEqual([1, 2 / 3, 1 / 3]);
  });

  it("counts only anchors with a reference", () => {
    const pairs = { anchors1: [0, 0], positives: [7, 8], anchors2: [1], negatives: [9] };
    expect([...toWeights(pairs, 3, { usingReference: true })]).toEqual([1, 0.5, 0]);
  });

  it("weights all samples by 1 without any tuple", () => {
    expect([...toWeights(null, 2)]).toEqual([1, 1]);
    expect([...toWeights({ anchors: [], positives: [], negatives: [] }, 2)]).toEqual([1, 1]);
    expect([...toWeights(null, 0)]).toEqual([]);
  });
});
