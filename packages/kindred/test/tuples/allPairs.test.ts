import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allPairs, type Label } from "../../src/index.ts";
import { plainPairs } from "../support/plain.ts";

const label = fc.constantFrom<Label>(1, "1", true, 10n ** 20n, -0, 0, "");
const labels = fc.array(label, { maxLength: 9 });

describe("allPairs", () => {
  it("lists every positive and negative pair that labels make, by anchor", () => {
    fc.assert(
      fc.property(labels, fc.option(labels), (own, reference) => {
        const { anchors1, positives, anchors2, negatives } = allPairs(own, reference);
        const [expectedPositives, expectedNegatives] = plainPairs(own, reference);
        expect(Array.from(anchors1, (a, k) => [a, positives[k]])).toEqual(expectedPositives);
        expect(Array.from(anchors2, (a, k) => [a, negatives[k]])).toEqual(expectedNegatives);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("gives typed arrays, empty where there is no pair", () => {
    for (const given of [[], ["a"]]) {
      const pairs = allPairs(given);
      for (const list of Object.values(pairs)) expect(list).toEqual(new Int32Array());
    }
  });

  it("takes a sample for its own positive only where a reference holds it", () => {
    expect([...allPairs(["a"], ["a"]).positives]).toEqual([0]);
    expect([...allPairs(["a"], null).positives]).toEqual([]);
  });

  it("refuses labels that are none", () => {
    expect(() => allPairs([NaN])).toThrow(/labels\[0\] is NaN/);
    expect(() => allPairs(["a"], [{} as never])).toThrow(/referenceLabels\[0\]/);
  });
});
