import { describe, expect, it } from "vitest";
import { toClassCounts } from "../../../src/doctor/labels/classCounts.ts";
import { drawWithoutReplacement, drawWithReplacement } from "../../../src/doctor/odds/draw.ts";
import { logNoPositivePair, noPositivePair } from "../../../src/doctor/odds/noPositivePair.ts";
import { allSmallCases, pairsOf, shareOfBatches } from "../../support/allBatches.ts";

describe("noPositivePair", () => {
  it("is the share of all batches without a pair, for all small class sizes, with and without replacement", () => {
    for (const { sizes, n, withReplacement, batches } of allSmallCases()) {
      const samples = sizes.reduce((sum, size) => sum + size, 0);
      const draw = withReplacement ? drawWithReplacement(samples, n) : drawWithoutReplacement(samples, n);
      expect(noPositivePair(toClassCounts(sizes), draw), `${String(sizes)}, n ${n}, ${withReplacement}`).toBeCloseTo(
        shareOfBatches(batches, (batch) => pairsOf(batch) === 0),
        12,
      );
    }
  });

  it.each([
    [1e4, 0.608566],
    [1e5, 0.95169],
  ])("is that of the birthday problem for 100 labels drawn evenly from %d values", (values, anchor) => {
    const counts = {
      samples: values,
      classes: values,
      sizes: Float64Array.of(1),
      multiplicities: Float64Array.of(values),
    };
    const p = noPositivePair(counts, drawWithReplacement(values, 100));
    let product = 1;
    for (let k = 0; k < 100; k++) product *= 1 - k / values;
    expect(Math.abs(p / product - 1)).toBeLessThan(1e-12);
    expect(p).toBeCloseTo(anchor, 6);
  });

  it("is that of equal classes by the product of what is left, in millions of classes too", { tags: ["long"] }, () => {
    // the k-th sample finds (classes - k) classes of `size` among N - k samples
    for (const [size, classes, n] of [
      [2, 50, 20],
      [10, 1000, 200],
      [10, 1_000_000, 512],
      [10, 1_000_000, 4096],
      [3, 400, 399],
      [3, 400, 400],
    ]) {
      let logarithm = 0;
      for (let k = 0; k < n; k++) logarithm += Math.log((size * (classes - k)) / (size * classes - k));
      const found = logNoPositivePair(
        toClassCounts(new Float64Array(classes).fill(size)),
        drawWithoutReplacement(size * classes, n),
      );
      expect(Math.abs(found - logarithm), `${classes} of ${size}, n ${n}`).toBeLessThan(
        1e-11 * (1 + Math.abs(logarithm)),
      );
    }
  });

  it("is the symmetric polynomial in whole numbers for unequal classes, as far as its logarithm goes", () => {
    const sizes = Array.from({ length: 60 }, (_, c) => 1 + ((c * c) % 37));
    const samples = sizes.reduce((sum, size) => sum + size, 0);
    for (const n of [2, 10, 30, 59, 60]) {
      // e_n by its recursion, binomial(N, n) by its product, both in whole numbers
      const e = Array.from({ length: n + 1 }, (_, k) => (k === 0 ? 1n : 0n));
      for (const size of sizes) for (let k = n; k > 0; k--) e[k] += e[k - 1] * BigInt(size);
      let [binomial, power] = [1n, 1n];
      for (let k = 0; k < n; k++) {
        binomial = (binomial * BigInt(samples - k)) / BigInt(k + 1);
        power *= BigInt(samples);
      }
      let factorial = 1n;
      for (let k = 2; k <= n; k++) factorial *= BigInt(k);
      const counts = toClassCounts(sizes);
      const without = logNoPositivePair(counts, drawWithoutReplacement(samples, n));
      expect(Math.abs(without - logOfRatio(e[n], binomial))).toBeLessThan(1e-11 * (1 + Math.abs(without)));
      const replaced = logNoPositivePair(counts, drawWithReplacement(samples, n));
      expect(Math.abs(replaced - logOfRatio(e[n] * factorial, power))).toBeLessThan(1e-11 * (1 + Math.abs(replaced)));
    }
  });

  it("is 1 for a batch of one, 0 for more samples than classes, and 1 where all are singletons", () => {
    const counts = toClassCounts([5, 3, 1]);
    expect(noPositivePair(counts, drawWithoutReplacement(9, 1))).toBeCloseTo(1, 13);
    expect(noPositivePair(counts, drawWithoutReplacement(9, 4))).toBe(0);
    expect(noPositivePair(counts, drawWithReplacement(9, 40))).toBe(0);
    const singletons = toClassCounts(new Uint8Array(300).fill(1));
    for (const n of [1, 2, 299, 300])
      expect(noPositivePair(singletons, drawWithoutReplacement(300, n))).toBeCloseTo(1, 11);
    expect(noPositivePair(toClassCounts([1e9]), drawWithoutReplacement(1e9, 2))).toBe(0);
  });
});

/** log(a / b) of whole numbers too large for floats. */
function logOfRatio(a: bigint, b: bigint): number {
  const log = (x: bigint): number => {
    const digits = x.toString();
    return Math.log(Number(`0.${digits.slice(0, 25)}`)) + digits.length * Math.LN10;
  };
  return log(a) - log(b);
}
