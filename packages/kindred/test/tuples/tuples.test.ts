import { describe, expect, it } from "vitest";
import { allTriplets, isTriplets, type Pairs, type Triplets, type Tuples } from "../../src/index.ts";

describe("isTriplets", () => {
  it("tells triplets from pairs", () => {
    const pairs: Tuples = { anchors1: [], positives: [], anchors2: [], negatives: [] };
    const triplets: Tuples = { anchors: [], positives: [], negatives: [] };
    expect([isTriplets(pairs), isTriplets(triplets)]).toEqual([false, true]);
  });
});

describe("the types of tuples", () => {
  it("are never taken for one another", () => {
    const triplets: Triplets = allTriplets(["a", "a", "b"]);
    // @ts-expect-error triplets are no pairs
    const pairs: Pairs = triplets;
    // @ts-expect-error nothing is both
    const both: Tuples = { anchors: [], anchors1: [], positives: [], anchors2: [], negatives: [] };
    expect([pairs.anchors1, both.anchors]).toEqual([undefined, []]);
  });

  it("keep the kind of list", () => {
    const { anchors }: Triplets<Int32Array> = allTriplets(["a", "a", "b"]);
    expect(anchors.subarray(0, 1)).toEqual(Int32Array.of(0));
  });
});
