import { describe, expect, test } from "vitest";
import {
  bootstrapIntervals,
  groupMeans,
  mean,
  meanOfGroupMeans,
  quantile,
} from "../../../src/evaluation/accuracy/averages.ts";
import { Random } from "../../../src/matrix/random.ts";

describe("averages", () => {
  const values = Float64Array.of(1, 0, 0, 0, 1);
  const groups = Int32Array.of(0, 2, 2, 2, 2);

  test("a mean of group means weighs groups alike and passes over empty ones", () => {
    expect(mean(values)).toBeCloseTo(0.4, 12);
    expect([...groupMeans(values, groups, 3)]).toEqual([1, NaN, 0.25]);
    expect(meanOfGroupMeans(values, groups, 3)).toBeCloseTo(0.625, 12);
  });

  test("the mean of nothing is NaN", () => {
    expect(mean(new Float64Array(0))).toBeNaN();
    expect(meanOfGroupMeans(new Float64Array(0), new Int32Array(0), 2)).toBeNaN();
  });

  test("quantiles lie between values in proportion", () => {
    const sorted = Float64Array.of(1, 2, 4);
    expect([0, 0.25, 0.5, 0.75, 1].map((q) => quantile(sorted, q))).toEqual([1, 1.5, 2, 3, 4]);
  });
});

describe("bootstrapIntervals", () => {
  test("covers the true mean about as often as its level says", { tags: ["long"] }, () => {
    const random = new Random(3);
    let covered = 0;
    for (let run = 0; run < 300; run++) {
      const sample = Float64Array.from({ length: 60 }, () => random.uniform());
      const drawnMean = (drawn: Int32Array) => [drawn.reduce((sum, i) => sum + sample[i], 0) / drawn.length];
      const [{ low, high }] = bootstrapIntervals(60, 1, drawnMean, { resamples: 200, level: 0.8 }, run);
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    // binomial(300, 0.8) has mean 240 and standard deviation 7
    expect(Math.abs(covered - 240)).toBeLessThan(28);
  });

  test("is NaN of nothing", () => {
    const nothing = bootstrapIntervals(0, 2, () => [1, 1], { resamples: 5, level: 0.9 }, 0);
    expect(nothing).toEqual([
      { low: NaN, high: NaN },
      { low: NaN, high: NaN },
    ]);
  });

  test("show all statistics the same draws", () => {
    const sums = (drawn: Int32Array) => [drawn[0], 2 * drawn[0]];
    const [once, twice] = bootstrapIntervals(50, 2, sums, { resamples: 40, level: 0.9 }, 1);
    expect(twice.low).toBeCloseTo(2 * once.low, 12);
    expect(twice.high).toBeCloseTo(2 * once.high, 12);
  });
});
