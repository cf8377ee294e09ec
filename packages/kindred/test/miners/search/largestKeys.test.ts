import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LargestKeys } from "../../../src/miners/search/largestKeys.ts";

/** Shows the values in parts and collects the places of those taken. */
function take(values: number[], count: number, sign: number): number[] {
  const keys = new LargestKeys(count);
  const parts = [values.slice(0, 3), values.slice(3)].map((part) => Float64Array.from(part));
  for (const part of parts) keys.countUpper(part, sign, part.length);
  keys.endUpper();
  for (const part of parts) keys.countLower(part, sign, part.length);
  keys.endLower();
  return parts.flatMap((part, p) => {
    const others = Int32Array.from(part, (_, k) => k + 3 * p);
    return [...others.subarray(0, keys.take(part, sign, part.length, others))];
  });
}

describe("LargestKeys", () => {
  it("takes the largest float32 numbers, however near they are to each other", { tags: ["long"] }, () => {
    const number = fc.oneof(
      fc.float({ noNaN: true }),
      fc.constantFrom(0, -0, 1, 1.0000001192092896, -1, -1.0000001192092896, Infinity, -Infinity, 1e-45),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 12 }), fc.nat(), fc.constantFrom(1, -1), (values, k, sign) => {
        const count = k % (values.length + 1);
        const taken = take(values, count, sign);
        expect(new Set(taken).size).toBe(count);
        const rank = (list: number[]): number[] => list.map((x) => sign * x + 0).sort((x, y) => y - x);
        expect(rank(taken.map((place) => values[place]))).toEqual(rank(values).slice(0, count));
      }),
      { numRuns: 400, seed: 2 },
    );
  });
});
