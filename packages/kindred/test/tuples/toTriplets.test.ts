import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allTriplets, randomTriplets, toTriplets } from "../../src/index.ts";
import { plainTriplets, type Pair } from "../support/plain.ts";

const pair = fc.tuple(fc.nat(4), fc.nat(4));

describe("toTriplets", () => {
  it("joins each positive pair with every negative pair of the same anchor", () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 7 }), fc.array(pair, { maxLength: 7 }), (positive, negative) => {
        const list = (pairs: Pair[], end: 0 | 1): number[] => pairs.map((entry) => entry[end]);
        const { anchors, positives, negatives } = toTriplets(
          {
            anchors1: list(positive, 0),
            positives: list(positive, 1),
            anchors2: list(negative, 0),
            negatives: list(negative, 1),
          },
          [],
        );
        const listed = Array.from(anchors, (a, k) => [a, positives[k], negatives[k]]);
        expect(listed).toEqual(plainTriplets(positive, negative));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("gives triplets as they are, in lists of their own", () => {
    const given = { anchors: Int32Array.of(3), positives: Int32Array.of(1), negatives: Int32Array.of(2) };
    const triplets = toTriplets(given, []);
    expect(triplets).toEqual(given);
    expect(triplets.anchors).not.toBe(given.anchors);
  });

  it("gives all triplets for null, or random ones", () => {
    const labels = ["a", "a", "b", "b"];
    expect(toTriplets(null, labels)).toEqual(allTriplets(labels));
    const random = { tripletsPerAnchor: 3, seed: 5 };
    expect(toTriplets(null, labels, null, random)).toEqual(randomTriplets(labels, null, random));
    expect(() => toTriplets(null, labels, null, { tripletsPerAnchor: "every" as never })).toThrow(/give one of "all"/);
  });
});
