import { describe, expect, it } from "vitest";
import { allPairs, toPairs } from "../../src/index.ts";

describe("toPairs", () => {
  it("makes a positive and a negative pair of each triplet", () => {
    const pairs = toPairs({ anchors: [0, 1], positives: [2, 3], negatives: [4, 5] }, []);
    expect(pairs).toEqual({
      anchors1: Int32Array.of(0, 1),
      positives: Int32Array.of(2, 3),
      anchors2: Int32Array.of(0, 1),
      negatives: Int32Array.of(4, 5),
    });
  });

  it("gives pairs as they are, in lists of their own", () => {
    const given = { anchors1: [0], positives: [1], anchors2: [2, 0], negatives: [0, 2] };
    const pairs = toPairs(given, []);
    expect(Array.from(pairs.negatives)).toEqual([0, 2]);
    pairs.negatives[0] = 9;
    expect(given.negatives).toEqual([0, 2]);
  });

  it("gives all pairs that labels make for null", () => {
    expect(toPairs(null, ["a", "a", "b"])).toEqual(allPairs(["a", "a", "b"]));
    expect(toPairs(null, ["a"], ["a", "b"])).toEqual(allPairs(["a"], ["a", "b"]));
  });
});
