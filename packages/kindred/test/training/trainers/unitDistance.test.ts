import { expect, test } from "vitest";
import type { Matrix } from "../../../src/index.ts";
import { unitDistance } from "../../../src/training/trainers/unitDistance.ts";
import { randomMatrix } from "../fixtures.ts";

/** The plainest computation, in float64. */
function plain(one: ArrayLike<number>, other: ArrayLike<number>, rows: number, cols: number): number {
  const unit = (data: ArrayLike<number>, i: number): number[] => {
    const row = Array.from({ length: cols }, (_, j) => data[i * cols + j]);
    return row.map((x) => x / Math.hypot(...row));
  };
  let sum = 0;
  for (let i = 0; i < rows; i++) unit(one, i).forEach((x, j) => (sum += (x - unit(other, i)[j]) ** 2));
  return sum / (rows * cols);
}

test("is the mean squared difference of directions, with the slopes of its differences on both sides", () => {
  const [one, other] = [randomMatrix(4, 3, 1), randomMatrix(4, 3, 2)];
  const { value, ofRows, ofPartners } = unitDistance(one, other);
  expect(value).toBeCloseTo(plain(one.data, other.data, 4, 3), 6);
  const h = 1e-5;
  const moved = ({ data }: Matrix, k: number, by: number): number[] =>
    Array.from(data, (x, j) => (j === k ? x + by : x));
  for (let k = 0; k < 12; k++) {
    const ofOne = (by: number): number => plain(moved(one, k, by), other.data, 4, 3);
    const ofOther = (by: number): number => plain(one.data, moved(other, k, by), 4, 3);
    expect(ofRows.data[k]).toBeCloseTo((ofOne(h) - ofOne(-h)) / (2 * h), 6);
    expect(ofPartners.data[k]).toBeCloseTo((ofOther(h) - ofOther(-h)) / (2 * h), 6);
  }
});

test("is 0 of no rows and between rows of one direction", () => {
  const none = { data: new Float32Array(0), rows: 0, cols: 3 };
  expect(unitDistance(none, none).value).toBe(0);
  const row = { data: Float32Array.of(1, 2, 2), rows: 1, cols: 3 };
  expect(unitDistance(row, { ...row, data: row.data.map((x) => 3 * x) }).value).toBeCloseTo(0, 12);
});
