import fc from "fast-check";
import { expect, test } from "vitest";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { multiply, transposed } from "../../src/training/matrixProduct.ts";
import { randomMatrix } from "./fixtures.ts";

const transpose = ({ data, rows, cols }: Matrix): Matrix => ({
  data: Float32Array.from(data, (_, k) => data[(k % rows) * cols + Math.floor(k / rows)]),
  rows: cols,
  cols: rows,
});

test("multiply and transposed agree with the sums in float64, for any shape", () => {
  const size = fc.integer({ min: 0, max: 21 });
  fc.assert(
    fc.property(size, size, size, fc.integer(), (m, k, n, seed) => {
      const [a, b] = [randomMatrix(m, k, seed), randomMatrix(k, n, seed + 0.5)];
      const product = multiply(a, b);
      expect([product.rows, product.cols]).toEqual([m, n]);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a.data[i * k + l] * b.data[l * n + j];
          expect(product.data[i * n + j]).toBeCloseTo(sum, 4);
        }
      expect(multiply(transposed(transpose(a)), b)).toEqual(product);
      expect(multiply(a, transposed(transpose(b)))).toEqual(product);
    }),
    { seed: 1, numRuns: 60 },
  );
});
