import { describe, expect, it } from "vitest";
import { toClassCounts } from "../../../src/doctor/labels/classCounts.ts";
import { drawWithoutReplacement, drawWithReplacement } from "../../../src/doctor/odds/draw.ts";
import {
  expectedAnchorShare,
  expectedPairs,
  oneClassOnly,
  varianceOfPairs,
} from "../../../src/doctor/odds/expectations.ts";
import { allSmallCases, liveOf, pairsOf, shareOfBatches, type Batch } from "../../support/allBatches.ts";

describe("expectations over batches", () => {
  it("are the means over all batches, for all small class sizes, with and without replacement", () => {
    for (const { sizes, n, withReplacement, batches } of allSmallCases()) {
      const samples = sizes.reduce((sum, size) => sum + size, 0);
      const draw = withReplacement ? drawWithReplacement(samples, n) : drawWithoutReplacement(samples, n);
      const counts = toClassCounts(sizes);
      const mean = (of: (batch: Batch) => number): number =>
        batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length;
      const title = `${String(sizes)}, n ${n}, ${withReplacement ? "with" : "without"} replacement`;
      const pairs = mean(pairsOf);
      expect(expectedPairs(counts, draw), title).toBeCloseTo(pairs, 11);
      expect(varianceOfPairs(counts, draw), title).toBeCloseTo(
        mean((batch) => (pairsOf(batch) - pairs) ** 2),
        10,
      );
      expect(expectedAnchorShare(counts, draw), title).toBeCloseTo(mean(liveOf) / n, 12);
      expect(oneClassOnly(counts, draw), title).toBeCloseTo(
        shareOfBatches(batches, (batch) => new Set(batch).size === 1),
        12,
      );
    }
  });

  it("keep their digits where chances are tiny", () => {
    // a million pairs, a batch of two: one partner among the others
    const counts = toClassCounts(new Float64Array(1e6).fill(2));
    const draw = drawWithoutReplacement(2e6, 2);
    const chance = 1 / (2e6 - 1);
    expect(expectedPairs(counts, draw) / chance).toBeCloseTo(1, 12);
    expect(expectedAnchorShare(counts, draw) / chance).toBeCloseTo(1, 9);
    expect(oneClassOnly(counts, draw) / chance).toBeCloseTo(1, 9);
  });

  it("know no variance where there is one class, however large", () => {
    for (const n of [2, 32, 4096]) {
      const counts = toClassCounts([1e7]);
      expect(varianceOfPairs(counts, drawWithoutReplacement(1e7, n))).toBe(0);
      expect(expectedPairs(counts, drawWithoutReplacement(1e7, n))).toBeCloseTo((n * (n - 1)) / 2, 6);
      expect(varianceOfPairs(counts, drawWithReplacement(1e7, n))).toBe(0);
    }
  });
});
