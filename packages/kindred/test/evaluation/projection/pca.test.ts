import { describe, expect, test } from "vitest";
import { principalComponents } from "../../../src/evaluation/projection/pca.ts";
import type { Matrix } from "../../../src/matrix/matrix.ts";
import { normalMatrix } from "../fixtures.ts";

/** Normal rows, column j stretched by its scale. */
function stretched(rows: number, scales: number[], seed = 1): Matrix {
  const x = normalMatrix(rows, scales.length, seed);
  return { ...x, data: x.data.map((v, k) => v * scales[k % scales.length]) };
}

function covariance({ data, rows, cols }: Matrix): number[][] {
  const mean = Array.from({ length: cols }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * cols + j];
    return sum / rows;
  });
  const entry = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += (data[i * cols + a] - mean[a]) * (data[i * cols + b] - mean[b]);
    return sum / (rows - 1);
  };
  return Array.from({ length: cols }, (_, a) => Array.from({ length: cols }, (_, b) => entry(a, b)));
}

describe("principalComponents", () => {
  test.each([6, 300])("finds orthonormal eigenvectors of the covariance of %i columns", (d) => {
    const scales = Array.from({ length: d }, (_, j) => (j < 4 ? 20 - 4 * j : 0.3));
    const x = stretched(400, scales);
    const { components, variances } = principalComponents(x, 4);
    const c = covariance(x);
    for (let a = 0; a < 4; a++) {
      const u = Array.from(components.data.subarray(a * d, (a + 1) * d));
      const image = c.map((row) => row.reduce((sum, v, j) => sum + v * u[j], 0));
      image.forEach((v, j) => expect(Math.abs(v - variances[a] * u[j])).toBeLessThan(1e-4 * variances[0]));
      for (let b = 0; b <= a; b++) {
        const product = u.reduce((sum, v, j) => sum + v * components.data[b * d + j], 0);
        expect(product).toBeCloseTo(a === b ? 1 : 0, 5);
      }
      if (a > 0) expect(variances[a]).toBeLessThanOrEqual(variances[a - 1]);
    }
  });

  test("gives coordinates with mean 0 and the told variances, uncorrelated", () => {
    const x = stretched(300, [1, 5, 2, 3]);
    const { variances, transform } = principalComponents(x, 4);
    const c = covariance(transform(x));
    c.forEach((row, a) => row.forEach((v, b) => expect(v).toBeCloseTo(a === b ? variances[a] : 0, 4)));
    const total = covariance(x).reduce((sum, row, j) => sum + row[j], 0);
    expect(variances.reduce((sum, v) => sum + v, 0)).toBeCloseTo(total, 4);
  });

  test("makes each component's largest entry positive", () => {
    const { components } = principalComponents(stretched(50, [1, 9, 1]), 3);
    for (let c = 0; c < 3; c++) {
      const row = Array.from(components.data.subarray(c * 3, c * 3 + 3));
      expect(Math.max(...row)).toBeCloseTo(Math.max(...row.map(Math.abs)), 12);
    }
  });

  test("is defined for rows that do not vary", () => {
    const { variances } = principalComponents({ data: new Float32Array(12).fill(2), rows: 4, cols: 3 }, 2);
    expect([...variances]).toEqual([0, 0]);
  });

  test("refuses a single row, too many components and rows of other width", () => {
    expect(() => principalComponents([[1, 2]], 1)).toThrow(/1 rows/);
    expect(() => principalComponents(normalMatrix(5, 2), 3)).toThrow(/count is 3/);
    expect(() => principalComponents(normalMatrix(5, 2), 1).transform(normalMatrix(5, 3))).toThrow(/3 columns/);
  });

  test.each([1e-30, 1e19, 1e37])("finds the same directions in entries of the size %f", (size) => {
    const x = stretched(60, [1, 5, 2]);
    const { components, variances } = principalComponents(x, 3);
    const scaled = principalComponents({ ...x, data: x.data.map((v) => v * size) }, 3);
    scaled.components.data.forEach((v, k) => expect(v).toBeCloseTo(components.data[k], 4));
    scaled.variances.forEach((v, c) => expect(v / size / size / variances[c]).toBeCloseTo(1, 4));
  });
});
