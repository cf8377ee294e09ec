import { describe, expect, it } from "vitest";
import { pairSimilarities, similarityNames } from "../../../src/losses/items/pairSimilarity.ts";
import { plainSimilarities } from "../../support/byPlace.ts";
import { numericSlope } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

describe.each(similarityNames)("the similarity %s", (name) => {
  const { compare, isOfUnits } = pairSimilarities[name];
  const unit = (x: number[]): number[] => x.map((entry) => entry / (isOfUnits ? Math.hypot(...x) : 1));
  const compared = (x: number[], y: number[]): { value: number; slopes: Float64Array[] } => {
    const slopes = [new Float64Array(x.length), new Float64Array(x.length)];
    return { value: compare(Float64Array.from(x), Float64Array.from(y), slopes[0], slopes[1]), slopes };
  };

  it.each([1, 2, 5, 6])("of rows %d wide is what its equation says, and so are its slopes", (width) => {
    const [x, y] = normalRows(2, width, width).map(unit);
    const { value, slopes } = compared(x, y);
    expect(value).toBeCloseTo(plainSimilarities[name](x, y), 10);
    // by the rows as they are compared: their lengths have no part in it
    const of = (one: number[], other: number[]): number => compared(one, other).value;
    const expected = [numericSlope([x], ([moved]) => of(moved, y))[0], numericSlope([y], ([moved]) => of(x, moved))[0]];
    expected.forEach((side, s) => side.forEach((slope, k) => expect(slopes[s][k]).toBeCloseTo(slope, 6)));
  });

  it("of a row with itself has a value and finite slopes, of zero vectors too", () => {
    for (const x of [unit([0.6, -0.8, 0]), [0, 0, 0]]) {
      const { value, slopes } = compared(x, x);
      expect(value).toSatisfy(Number.isFinite);
      for (const side of slopes) expect(Array.from(side).every(Number.isFinite)).toBe(true);
      if (name === "euclidean" || name === "manhattan") {
        expect(Math.abs(value)).toBe(0);
        for (const side of slopes) expect(Array.from(side, Math.abs)).toEqual([0, 0, 0]);
      }
    }
  });
});
