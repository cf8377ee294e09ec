import { describe, expect, it } from "vitest";
import { measureSpread } from "../../../src/doctor/watch/effectiveRank.ts";
import { Random, type Matrix } from "../../../src/index.ts";

const random = new Random(3);
const matrix = (rows: number, cols: number, of: (i: number, k: number) => number): Matrix => ({
  data: Float32Array.from({ length: rows * cols }, (_, at) => of(Math.floor(at / cols), at % cols)),
  rows,
  cols,
});

describe("measureSpread", () => {
  it.each([
    [10, 3],
    [17, 6],
    [5, 8],
    [2, 1],
  ])("is the mean of all cosines, and the participation ratio of the variances, for %d x %d", (rows, cols) => {
    const x = matrix(rows, cols, () => random.normal() + 0.5);
    const unit = Array.from({ length: rows }, (_, i) => {
      const row = Array.from(x.data.subarray(i * cols, (i + 1) * cols));
      return row.map((v) => v / Math.hypot(...row));
    });
    const product = (a: number[], b: number[]): number => a.reduce((sum, v, k) => sum + v * b[k], 0);
    const cosines = unit.flatMap((a, i) => unit.filter((_, j) => j !== i).map((b) => product(a, b)));
    const { meanCosine, effectiveRank } = measureSpread(x, rows);
    expect(meanCosine).toBeCloseTo(cosines.reduce((a, b) => a + b) / cosines.length, 6);
    // from the covariance, column by column
    const mean = Array.from({ length: cols }, (_, k) => unit.reduce((sum, row) => sum + row[k] / rows, 0));
    const covariance = mean.map((_, a) =>
      mean.map((_, b) => unit.reduce((sum, row) => sum + (row[a] - mean[a]) * (row[b] - mean[b]), 0)),
    );
    const trace = covariance.reduce((sum, row, k) => sum + row[k], 0);
    const squares = covariance.flat().reduce((sum, v) => sum + v * v, 0);
    if (trace > 1e-12) expect(effectiveRank).toBeCloseTo((trace * trace) / squares, 5);
  });

  it("is 1 for a line, d for the axes and their opposites; one point has cosine 1", () => {
    const line = matrix(20, 5, (i, k) => (k === 0 ? 1 : k === 1 ? i / 40 : 0));
    expect(measureSpread(line, 64).effectiveRank).toBeCloseTo(1, 1);
    const axes = matrix(8, 4, (i, k) => (i % 4 === k ? (i < 4 ? 1 : -1) : 0));
    expect(measureSpread(axes, 64).effectiveRank).toBeCloseTo(4, 12);
    expect(measureSpread(axes, 64).meanCosine).toBeCloseTo(-1 / 7, 12);
    const point = matrix(9, 3, (_, k) => k + 1);
    expect(measureSpread(point, 64).meanCosine).toBeCloseTo(1, 12);
  });

  it("measures rows from all of the batch, and no more than told", () => {
    // the second half points the other way: half of the rows, taken from the whole, see both
    const halves = matrix(100, 3, (i, k) => (k === 0 ? (i < 50 ? 1 : -1) : 0));
    expect(measureSpread(halves, 10).meanCosine).toBeCloseTo((100 * 0 - 10) / 90, 12);
  });

  it("gives zero rows no direction, and stays finite", () => {
    expect(
      measureSpread(
        matrix(4, 3, () => 0),
        64,
      ).effectiveRank,
    ).toBe(0);
    expect(
      measureSpread(
        matrix(1, 3, () => 1),
        64,
      ),
    ).toEqual({ meanCosine: 0, effectiveRank: 0 });
    const huge = measureSpread(
      matrix(6, 3, (i, k) => ((i + k) % 3 === 0 ? 3e38 : -3e38)),
      64,
    );
    expect(huge.effectiveRank).toSatisfy(Number.isFinite);
  });
});
