import { describe, expect, it } from "vitest";
import { columnMeans, fillGaps, gapsIn, rowsWithoutGaps } from "../../src/data/gaps.ts";

const vectors = { data: Float32Array.of(1, NaN, 3, 4, NaN, 6), rows: 3, cols: 2 };

describe("missing values", () => {
  it("are counted, and rows without them found", () => {
    expect(gapsIn(vectors)).toBe(2);
    expect(rowsWithoutGaps(vectors)).toEqual([1]);
  });

  it("are filled with means of what is known, in a copy", () => {
    const means = columnMeans(vectors);
    expect([...means]).toEqual([2, 5]);
    expect([...fillGaps(vectors, means, null).data]).toEqual([1, 5, 3, 4, 2, 6]);
    expect(gapsIn(vectors)).toBe(2);
    const whole = { data: Float32Array.of(1), rows: 1, cols: 1 };
    expect(fillGaps(whole, Float64Array.of(9), null)).toBe(whole);
  });

  it("of a column without a known value cannot be filled", () => {
    expect(() => fillGaps(vectors, Float64Array.of(1, NaN), ["a", "b"])).toThrow(/column b has no value/);
  });
});
