import { classCounts } from "kindred";
import { describe, expect, it } from "vitest";
import { classSizes } from "../../../src/report/figures/batchFigures.ts";

describe("the picture of class sizes", () => {
  it("counts in whole numbers, and says the range and the commonest size", () => {
    const svg = classSizes(classCounts(["a", "a", "b", "b", "c", "c", "c"]));
    expect(svg).toContain("from 2 to 3 samples a class; the commonest size is 2, of 2 classes.");
    expect(svg).not.toMatch(/>\d+\.\d+</);
  });

  it("stays small for 100,000 classes, and is drawn for one size", () => {
    const labels = Array.from({ length: 100_000 }, (_, i) => Math.floor(Math.sqrt(i)));
    expect(classSizes(classCounts(labels)).length).toBeLessThan(200_000);
    expect(classSizes(classCounts(Array.from({ length: 20_000 }, (_, i) => i % 10_000)))).toContain("10,000 classes");
  });
});
