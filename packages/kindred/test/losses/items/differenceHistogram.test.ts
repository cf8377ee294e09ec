import { describe, expect, it } from "vitest";
import { DifferenceHistogram } from "../../../src/losses/items/differenceHistogram.ts";
import { plainLoss, zeros } from "../../support/dynamicSoftMargin.ts";

const bins = { minVal: -1, numBins: 8 };
const differences = [-1.4, -0.6, -0.1, 0.05, 0.3, 0.95, 1.7];

function filled(values: readonly number[]): DifferenceHistogram {
  const histogram = new DifferenceHistogram(bins);
  histogram.add(Float64Array.from(values));
  return histogram;
}

describe("DifferenceHistogram", () => {
  it("weighs each difference by the share of smaller ones, in this batch and earlier ones", () => {
    const [, earlier] = plainLoss([0.2, 0.4, -0.9], zeros(8), bins);
    for (const before of [zeros(8), earlier]) {
      const histogram = filled(differences);
      const joined = histogram.join(Float64Array.from(before), 0.2);
      const [value, shares] = plainLoss(differences, before, { ...bins, momentum: 0.2 });
      expect(histogram.value).toBeCloseTo(value, 12);
      shares.forEach((share, k) => {
        expect(joined[k]).toBeCloseTo(share, 12);
      });
    }
  });

  it("has the slope of its value by each difference within the bins", () => {
    const histogram = filled(differences);
    histogram.join(new Float64Array(8), 0.2);
    const at = (k: number, by: number): number =>
      plainLoss(
        differences.map((v, i) => (i === k ? v + by : v)),
        zeros(8),
        bins,
      )[0];
    const slopes = Float64Array.from(differences);
    histogram.toSlopes(slopes);
    slopes.forEach((slope, k) => {
      expect(slope).toBeCloseTo((at(k, 1e-5) - at(k, -1e-5)) / 2e-5, 6);
    });
  });

  it("leaves the earlier histogram as it is when there are no differences", () => {
    const histogram = filled([]);
    const earlier = Float64Array.of(0.5, 0.5, 0, 0, 0, 0, 0, 0);
    expect(histogram.join(earlier, 0.2)).toBe(earlier);
    expect([histogram.value, histogram.items, histogram.activeItems]).toEqual([0, 0, 0]);
  });
});
