import { expect } from "vitest";
import { Random, type Matrix } from "../../src/index.ts";
import type { Rows } from "./plain.ts";

/** Rows of float32 numbers near the largest: normal numbers times 1e38, cut at 3e38. */
export function extremeRows(count: number, cols: number, seed: number): Rows {
  const random = new Random(seed);
  const entry = (): number => Math.fround(1e38 * Math.max(-3, Math.min(3, random.normal())));
  return Array.from({ length: count }, () => Array.from({ length: cols }, entry));
}

/** log sum_k e^(x_k) in float64, whatever the size of the exponents. */
export function farLogSumExp(exponents: readonly number[]): number {
  const largest = Math.max(...exponents);
  return largest + Math.log(exponents.reduce((sum, x) => sum + Math.exp(x - largest), 0));
}

/** Compares slopes with the central differences of an equation in float64, whose steps go with the numbers. */
export function expectExtremeSlopes(slopes: Matrix, rows: Rows, equation: (rows: Rows) => number): void {
  const largest = Math.max(...rows.flat().map(Math.abs));
  const step = 1e-6 * largest;
  const moved = (i: number, k: number, by: number): Rows =>
    rows.map((row, r) => (r === i ? row.map((x, c) => (c === k ? x + by : x)) : row));
  const expected = rows.flatMap((row, i) =>
    row.map((_, k) => (equation(moved(i, k, step)) - equation(moved(i, k, -step))) / (2 * step)),
  );
  const peak = Math.max(...expected.map(Math.abs));
  expect(peak).toBeGreaterThan(0);
  expected.forEach((slope, k) => {
    expect(Math.abs(slopes.data[k] - slope) / peak, `entry ${k}: ${slopes.data[k]}, ${slope}`).toBeLessThan(1e-3);
  });
}
