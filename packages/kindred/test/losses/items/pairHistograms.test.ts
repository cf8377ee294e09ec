import { describe, expect, it } from "vitest";
import { hasPositives, unorderedPairs } from "../../../src/losses/items/pairHistograms.ts";

describe("unorderedPairs", () => {
  it("names the smaller row of each pair first", () => {
    const tuples = { anchors1: [2, 0], positives: [1, 3], anchors2: [2, 0], negatives: [3, 1] };
    expect(unorderedPairs(tuples)).toEqual({
      anchors1: [1, 0],
      positives: [2, 3],
      anchors2: [2, 0],
      negatives: [3, 1],
    });
  });

  it("leaves out the pairs of anchors that lack one of both kinds", () => {
    const tuples = { anchors1: [0, 1], positives: [1, 0], anchors2: [0, 2], negatives: [2, 0] };
    expect(unorderedPairs(tuples)).toEqual({ anchors1: [0], positives: [1], anchors2: [0], negatives: [2] });
  });

  it("takes triplets as pairs", () => {
    const pairs = unorderedPairs({ anchors: [3], positives: [1], negatives: [2] });
    expect(pairs).toEqual({ anchors1: [1], positives: [3], anchors2: [2], negatives: [3] });
  });
});

describe("hasPositives", () => {
  it("is 1 for the samples whose class has others", () => {
    expect([...hasPositives(Int32Array.of(0, 1, 0, 2), 3)]).toEqual([1, 0, 1, 0]);
  });
});
