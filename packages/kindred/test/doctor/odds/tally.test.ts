import { describe, expect, it } from "vitest";
import { toClassCounts } from "../../../src/doctor/labels/classCounts.ts";
import { drawWithoutReplacement, drawWithReplacement } from "../../../src/doctor/odds/draw.ts";
import { expectedAnchorShare, expectedPairs, varianceOfPairs } from "../../../src/doctor/odds/expectations.ts";
import { noPositivePair } from "../../../src/doctor/odds/noPositivePair.ts";
import { anchorTally, pairTally, tallyLaw } from "../../../src/doctor/odds/tally.ts";
import { allSmallCases, liveOf, pairsOf, shareOfBatches } from "../../support/allBatches.ts";

describe("tallyLaw", () => {
  it(
    "is the share of all batches with each number of pairs and of live anchors, for all small class sizes",
    { tags: ["long"] },
    () => {
      for (const { sizes, n, withReplacement, batches } of allSmallCases()) {
        if (n < 2) continue;
        const samples = sizes.reduce((sum, size) => sum + size, 0);
        const draw = withReplacement ? drawWithReplacement(samples, n) : drawWithoutReplacement(samples, n);
        const counts = toClassCounts(sizes);
        for (const [tally, of] of [
          [pairTally, pairsOf],
          [anchorTally, liveOf],
        ] as const) {
          const law = tallyLaw(
            counts,
            draw,
            tally,
            batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length,
          )!;
          for (let v = 0; v <= tally.largest(n); v++)
            expect(law[v] ?? 0, `${v} of ${String(sizes)}, n ${n}, ${withReplacement}`).toBeCloseTo(
              shareOfBatches(batches, (batch) => of(batch) === v),
              11,
            );
        }
      }
    },
  );

  it.each([
    ["a thousand classes of ten", new Array<number>(1000).fill(10), 128],
    ["sizes 1 .. 40", Array.from({ length: 40 }, (_, k) => k + 1), 32],
    ["few classes of several sizes", [300, 300, 200, 40, 40, 40, 40, 40, 1, 1], 24],
  ])("agrees with what is known by other formulas, for %s", (_, sizes, n) => {
    const counts = toClassCounts(sizes);
    for (const draw of [drawWithoutReplacement(counts.samples, n), drawWithReplacement(counts.samples, n)]) {
      const mean = expectedPairs(counts, draw);
      const law = tallyLaw(counts, draw, pairTally, mean)!;
      const moment = (of: (v: number) => number): number => law.reduce((sum, p, v) => sum + p * of(v), 0);
      expect(moment(() => 1)).toBeCloseTo(1, 10);
      expect(moment((v) => v) / mean).toBeCloseTo(1, 8);
      expect(moment((v) => (v - mean) ** 2) / varianceOfPairs(counts, draw)).toBeCloseTo(1, 6);
      expect(law[0]).toBeCloseTo(noPositivePair(counts, draw), 11);
      const anchors = tallyLaw(counts, draw, anchorTally, n / 2)!;
      expect(anchors.reduce((sum, p, v) => sum + p * v, 0)).toBeCloseTo(n * expectedAnchorShare(counts, draw), 8);
      expect(anchors[0]).toBeCloseTo(noPositivePair(counts, draw), 11);
      expect(anchors[1]).toBe(0);
    }
  });

  it("declines where it would take too long", () => {
    const counts = toClassCounts(Array.from({ length: 2000 }, (_, k) => 20 * k + 1));
    const draw = drawWithoutReplacement(counts.samples, 4096);
    expect(tallyLaw(counts, draw, pairTally, expectedPairs(counts, draw))).toBeNull();
  });
});
