import { describe, expect, it } from "vitest";
import { drawWithoutReplacement, drawWithReplacement, falling } from "../../../src/doctor/odds/draw.ts";
import { allSmallCases, placesOf, type Batch } from "../../support/allBatches.ts";

describe("a draw", () => {
  it("has the chances of all batches: alone, meets, whole, for every class of all small class sizes", () => {
    for (const { sizes, n, withReplacement, batches } of allSmallCases()) {
      const samples = sizes.reduce((sum, size) => sum + size, 0);
      const draw = withReplacement ? drawWithReplacement(samples, n) : drawWithoutReplacement(samples, n);
      const mean = (of: (batch: Batch) => number): number =>
        batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length;
      sizes.forEach((size, c) => {
        const title = `class ${c} of ${String(sizes)}, n ${n}, ${withReplacement ? "with" : "without"} replacement`;
        const places = (batch: Batch): number => placesOf(batch, sizes.length)[c];
        const alone = mean((batch) => (places(batch) === 1 ? 1 : 0)) / mean(places);
        expect(draw.alone(size), title).toBeCloseTo(alone, 12);
        expect(draw.meets(size), title).toBeCloseTo(
          mean((batch) => (places(batch) >= 2 ? 1 : 0)),
          12,
        );
        expect(draw.whole(size), title).toBeCloseTo(
          mean((batch) => (places(batch) === n ? 1 : 0)),
          12,
        );
      });
    }
  });

  it("gives a tiny chance of a pair all its digits", () => {
    // a class of two: both of them in the batch
    const [N, n] = [1e9, 100];
    const both = (n * (n - 1)) / (N * (N - 1));
    expect(drawWithoutReplacement(N, n).meets(2) / both).toBeCloseTo(1, 12);
    // with replacement: 1 - (1-p)^n - n p (1-p)^(n-1) = n(n-1)/2 p^2 (1 - 2(n-2)/3 p + ...)
    const p = 2 / N;
    const series = ((n * (n - 1)) / 2) * p * p * (1 - ((2 * (n - 2)) / 3) * p);
    expect(drawWithReplacement(N, n).meets(2) / series).toBeCloseTo(1, 10);
  });

  it("is sure of what must be", () => {
    const whole = drawWithoutReplacement(1000, 1000);
    expect(whole.meets(2)).toBeCloseTo(1, 12);
    expect(whole.alone(1)).toBe(1);
    expect(whole.alone(2)).toBe(0);
    expect(drawWithoutReplacement(1000, 1).meets(1000)).toBe(0);
    expect(drawWithoutReplacement(1000, 3).whole(1000)).toBeCloseTo(1, 12);
    expect(drawWithReplacement(1000, 5).meets(1000)).toBe(1);
    expect(drawWithReplacement(1000, 5).alone(1000)).toBe(0);
  });

  it("counts the ways to fill places", () => {
    expect(falling(5, 3)).toBe(60);
    expect(falling(2, 3)).toBe(0);
    expect(falling(7, 0)).toBe(1);
    expect(drawWithReplacement(9, 3).ways(5, 3)).toBe(125);
    expect(drawWithoutReplacement(9, 3).ways(5, 3)).toBe(60);
  });
});
