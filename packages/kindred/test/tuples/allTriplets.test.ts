import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allTriplets } from "../../src/index.ts";
import { plainPairs, plainTriplets } from "../support/plain.ts";

const labels = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });

describe("allTriplets", () => {
  it("lists every triplet that labels make, by anchor, positive and negative", () => {
    fc.assert(
      fc.property(labels, fc.option(labels), (own, reference) => {
        const { anchors, positives, negatives } = allTriplets(own, reference);
        const listed = Array.from(anchors, (a, k) => [a, positives[k], negatives[k]]);
        expect(listed).toEqual(plainTriplets(...plainPairs(own, reference)));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("refuses to list more than memory holds, and says what to do", () => {
    const labels = Array.from({ length: 3000 }, (_, i) => i % 3);
    expect(() => allTriplets(labels)).toThrow(/there are \d+ triplets, a list holds 536870912; take smaller batches/);
  });
});
