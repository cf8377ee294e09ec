import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { pairedChange } from "../../src/data/change.ts";

describe("the change of queries asked twice", () => {
  it("is their mean difference, between 1.96 standard errors", () => {
    // differences 1, 0, 0, 1: mean 1/2, variance 1/3
    const { value, low, high } = pairedChange(Float64Array.of(0, 1, 0, 0), Float64Array.of(1, 1, 0, 1));
    expect(value).toBe(0.5);
    expect(low).toBeCloseTo(0.5 - 1.96 * Math.sqrt(1 / 3 / 4), 12);
    expect(high).toBeCloseTo(0.5 + 1.96 * Math.sqrt(1 / 3 / 4), 12);
  });

  it("is sure of a small change of queries that differ much", () => {
    const before = Float64Array.from({ length: 100 }, (_, i) => i / 100);
    expect(
      pairedChange(
        before,
        before.map((x) => x + 0.001),
      ).low,
    ).toBeGreaterThan(0);
  });

  it("covers no change about 95 times in 100", { tags: ["long"] }, () => {
    const random = new Random(3);
    const draw = (): Float64Array => Float64Array.from({ length: 60 }, () => random.integer(2));
    let covered = 0;
    for (let t = 0; t < 1000; t++) {
      const { low, high } = pairedChange(draw(), draw());
      if (low <= 0 && high >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(925);
    expect(covered).toBeLessThan(975);
  });

  it("of one query is as good as unknown", () => {
    expect(pairedChange(Float64Array.of(0), Float64Array.of(1))).toEqual({ value: 1, low: -Infinity, high: Infinity });
  });
});
