import { describe, expect, it } from "vitest";
import { letterGrams } from "../../src/tasks/letterGrams.ts";
import { territoryNames } from "../../src/tasks/territoryNames.ts";

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

describe("the built-in task", () => {
  it("holds each Latin name of a territory once", { tags: ["long"] }, () => {
    const { vectors, labels, captions } = territoryNames();
    expect(vectors.rows).toBe(labels.length);
    expect(labels.length).toBeGreaterThan(10_000);
    expect(new Set(captions).size).toBe(captions!.length);
    const french = captions!.filter((caption) => caption.startsWith("Allemagne (DE;"));
    expect(french).toHaveLength(1);
  });
});
