import { describe, expect, it } from "vitest";
import { letterGrams } from "../../src/tasks/letterGrams.ts";

describe("letter n-grams", () => {
  it("are vectors of length 1 that take no notice of capitals and accents", () => {
    const { data, rows, cols } = letterGrams(["España", "espana", "Ghana"], 256);
    expect([rows, cols]).toEqual([3, 256]);
    const dot = (i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < cols; k++) sum += data[i * cols + k] * data[j * cols + k];
      return sum;
    };
    for (let i = 0; i < 3; i++) expect(dot(i, i)).toBeCloseTo(1, 5);
    expect(dot(0, 1)).toBeCloseTo(1, 5);
    expect(dot(0, 2)).toBeGreaterThan(0);
    expect(dot(0, 2)).toBeLessThan(0.6);
  });

  it("of an empty text are not NaN", () => {
    expect(letterGrams([""], 16).data.every(Number.isFinite)).toBe(true);
  });
});
