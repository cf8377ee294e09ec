import fc from "fast-check";
import { expect, it } from "vitest";
import { firstAbove, firstAtLeast } from "../../src/matrix/sortedSearch.ts";

it("firstAbove and firstAtLeast count the entries up to x and below x, of the first so many, ties and infinities too", () => {
  const values = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(-Infinity, Infinity));
  fc.assert(
    fc.property(fc.array(values, { maxLength: 20 }), values, fc.nat(20), (list, x, cut) => {
      const sorted = Float64Array.from(list).sort();
      for (const count of [sorted.length, Math.min(cut, sorted.length)]) {
        const seen = [...sorted.subarray(0, count)];
        expect(firstAbove(sorted, x, count)).toBe(seen.filter((value) => value <= x).length);
        expect(firstAtLeast(sorted, x, count)).toBe(seen.filter((value) => value < x).length);
      }
      expect(firstAbove(sorted, x)).toBe(firstAbove(sorted, x, sorted.length));
    }),
    { numRuns: 300, seed: 1 },
  );
});
