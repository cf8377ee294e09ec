import { describe, expect, it } from "vitest";
import { principalComponents } from "../../../src/evaluation/projection/pca.ts";
import { principalSubspace } from "../../../src/evaluation/projection/principalSubspace.ts";
import type { Matrix } from "../../../src/index.ts";
import { Random } from "../../../src/index.ts";

/** Rows whose spread along coordinate j is 1 / (1 + j), around the origin. */
function graded(rows: number, cols: number, seed = 1): Matrix {
  const random = new Random(seed);
  const data = Float32Array.from({ length: rows * cols }, (_, k) => random.normal() / (1 + (k % cols)));
  return { data, rows, cols };
}

/** The sum of squares of the rows' coordinates along orthonormal columns. */
function held(x: Matrix, basis: Matrix): number {
  let total = 0;
  for (let i = 0; i < x.rows; i++)
    for (let c = 0; c < basis.cols; c++) {
      let along = 0;
      for (let j = 0; j < x.cols; j++) along += x.data[i * x.cols + j] * basis.data[j * basis.cols + c];
      total += along * along;
    }
  return total;
}

function product(basis: Matrix, a: number, b: number): number {
  let sum = 0;
  for (let j = 0; j < basis.rows; j++) sum += basis.data[j * basis.cols + a] * basis.data[j * basis.cols + b];
  return sum;
}

describe("principalSubspace", () => {
  it("has orthonormal columns", () => {
    const basis = principalSubspace(graded(300, 80), 20);
    expect([basis.rows, basis.cols]).toEqual([80, 20]);
    for (let a = 0; a < 20; a++)
      for (let b = 0; b <= a; b++) expect(product(basis, a, b)).toBeCloseTo(a === b ? 1 : 0, 5);
  });

  it("holds nearly as much of rows as as many principal components", () => {
    const x = graded(500, 120);
    const { components } = principalComponents(x, 30);
    const best: Matrix = {
      data: Float32Array.from({ length: 120 * 30 }, (_, k) => components.data[(k % 30) * 120 + Math.floor(k / 30)]),
      rows: 120,
      cols: 30,
    };
    const all = x.data.reduce((sum, entry) => sum + entry * entry, 0);
    expect((held(x, best) - held(x, principalSubspace(x, 30))) / all).toBeLessThan(2e-3);
  });

  it("holds all of rows that have no more directions than it; the other columns are zero", () => {
    const few = graded(6, 40);
    const basis = principalSubspace(few, 10);
    const all = few.data.reduce((sum, entry) => sum + entry * entry, 0);
    expect(held(few, basis) / all).toBeCloseTo(1, 4);
    expect(Array.from({ length: 10 }, (_, c) => product(basis, c, c)).filter((length) => length > 0.5)).toHaveLength(6);
    expect(basis.data.every(Number.isFinite)).toBe(true);
  });

  it("is zero for rows of zeros, and all for as many directions as columns", () => {
    expect(principalSubspace({ data: new Float32Array(20), rows: 5, cols: 4 }, 2).data.every((x) => x === 0)).toBe(
      true,
    );
    const x = graded(50, 4);
    const all = x.data.reduce((sum, entry) => sum + entry * entry, 0);
    expect(held(x, principalSubspace(x, 4)) / all).toBeCloseTo(1, 5);
  });

  it("is the same for the same seed, from drawn rows where there are many", () => {
    const x = graded(400, 30);
    const drawn = principalSubspace(x, 5, { mostRows: 100, seed: 3 });
    expect(principalSubspace(x, 5, { mostRows: 100, seed: 3 })).toEqual(drawn);
    expect(principalSubspace(x, 5, { mostRows: 100, seed: 4 })).not.toEqual(drawn);
    expect(held(x, drawn) / held(x, principalSubspace(x, 5))).toBeGreaterThan(0.97);
  });

  it("refuses more directions than columns", () => {
    expect(() => principalSubspace(graded(10, 4), 5)).toThrow(/count is 5/);
  });
});
