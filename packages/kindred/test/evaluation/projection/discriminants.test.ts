import { describe, expect, test } from "vitest";
import { classSpectrum } from "../../../src/evaluation/projection/classSpectrum.ts";
import { discriminants } from "../../../src/evaluation/projection/discriminants.ts";
import { applyMap } from "../../../src/evaluation/projection/linearMap.ts";
import type { Matrix } from "../../../src/matrix/matrix.ts";
import { spreadClasses, withinCovariance } from "./spread.ts";

/** Fisher's ratio of a column: variance of the class means over the variance within. */
function ratioOf(y: Matrix, labels: readonly string[], column: number): number {
  const within = withinCovariance(y, labels)[column][column];
  const all = withinCovariance(
    y,
    labels.map(() => "all"),
  )[column][column];
  return (all - within) / within;
}

describe("discriminants", () => {
  test("orders directions by Fisher's ratio, the first above any column's own", () => {
    const { x, labels } = spreadClasses(12, 40, [3, 2, 1, 0.3]);
    const y = applyMap(discriminants(classSpectrum(x, labels), 3, { shrinkage: 0 }), x);
    const ratios = [0, 1, 2].map((column) => ratioOf(y, labels, column));
    expect(ratios).toEqual([...ratios].sort((a, b) => b - a));
    const own = [0, 1, 2, 3].map((column) => ratioOf(x, labels, column));
    expect(ratios[0]).toBeGreaterThanOrEqual(Math.max(...own));
  });

  test("gives columns that are uncorrelated within classes", () => {
    const { x, labels } = spreadClasses(12, 40, [3, 2, 1, 0.3]);
    const covariance = withinCovariance(
      applyMap(discriminants(classSpectrum(x, labels), 4, { shrinkage: 0 }), x),
      labels,
    );
    covariance.forEach((row, a) => row.forEach((v, b) => expect(v / covariance[0][0]).toBeCloseTo(a === b ? 1 : 0, 3)));
  });

  test("refuses more directions than columns", () => {
    const { x, labels } = spreadClasses(3, 4, [1, 1]);
    expect(() => discriminants(classSpectrum(x, labels), 3)).toThrow("count is 3");
  });
});
