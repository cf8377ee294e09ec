import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, randomTriplets } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import { plainPairs } from "../support/plain.ts";

const labels = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });

describe("randomTriplets", () => {
  it("gives every anchor that has both kinds as many triplets as asked for, and only valid ones", () => {
    fc.assert(
      fc.property(labels, fc.option(labels), fc.option(fc.nat(5)), (own, reference, tripletsPerAnchor) => {
        const { anchors, positives, negatives } = randomTriplets(own, reference, { tripletsPerAnchor });
        const pairs = plainPairs(own, reference);
        const isListed = (k: number, kind: 0 | 1, other: number): boolean =>
          pairs[kind].some(([a, j]) => a === anchors[k] && j === other);
        const counts = own.map(() => 0);
        for (let k = 0; k < anchors.length; k++) {
          counts[anchors[k]]++;
          expect(isListed(k, 0, positives[k])).toBe(true);
          expect(isListed(k, 1, negatives[k])).toBe(true);
        }
        const expected = own.map((label, a) => {
          if (pairs.some((kind) => kind.every(([anchor]) => anchor !== a))) return 0;
          return tripletsPerAnchor ?? (reference ?? own).filter((other) => other === label).length;
        });
        expect(counts).toEqual(expected);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("draws positives and negatives uniformly", () => {
    const labels = ["b", "a", "c", "a", "a", "b", "a"];
    const { anchors, positives, negatives } = randomTriplets(labels, null, { tripletsPerAnchor: 3000, seed: 2 });
    const positiveCounts = new Float64Array(7);
    const negativeCounts = new Float64Array(7);
    anchors.forEach((anchor, k) => {
      if (anchor !== 3) return;
      positiveCounts[positives[k]]++;
      negativeCounts[negatives[k]]++;
    });
    expectDraws(positiveCounts, [0, 1 / 3, 0, 0, 1 / 3, 0, 1 / 3]);
    expectDraws(negativeCounts, [1 / 3, 0, 1 / 3, 0, 0, 1 / 3, 0]);
  });

  it("starts from a seed, or goes on from a generator", () => {
    const labels = [0, 0, 0, 1, 1, 1];
    const given = (seed: number | Random) => randomTriplets(labels, null, { tripletsPerAnchor: 9, seed });
    expect(given(3)).toEqual(given(3));
    expect(given(3)).not.toEqual(given(4));
    expect(given(new Random(3))).toEqual(given(3));
    const random = new Random(3);
    expect(given(random)).not.toEqual(given(random));
  });

  it("refuses a number that is no count", () => {
    expect(() => randomTriplets([0, 0, 1], null, { tripletsPerAnchor: -1 })).toThrow(/tripletsPerAnchor is -1/);
    expect(() => randomTriplets([0], null, { triplets: 1 } as object)).toThrow(/no option "triplets"/);
  });
});
