import { expect, it } from "vitest";
import { Random } from "../../src/index.ts";
import { invertInPlace } from "../../src/kernels/inverse.ts";
import { borrow, floatsAt } from "../../src/kernels/runtime.ts";

for (const n of [1, 2, 5, 47, 48, 49, 96, 131])
  it(`invertInPlace(workspace, matrix, n) inverts a matrix of ${n} rows`, () => {
    const random = new Random(n);
    // I - 0.9 P with rows of P that sum to 1: dominated by its diagonal, and not symmetric
    const matrix = Array.from({ length: n }, (_, i) => {
      const row = Array.from({ length: n }, (_, j) => (i === j ? 0 : random.uniform() ** 4));
      const total = row.reduce((sum, x) => sum + x, 1e-9);
      return row.map((x, j) => Math.fround((i === j ? 1 : 0) - (0.9 * x) / total));
    });
    borrow((workspace) => {
      const pointer = workspace.floats(n * n);
      floatsAt(pointer, n * n).set(matrix.flat());
      invertInPlace(workspace, pointer, n);
      const inverse = floatsAt(pointer, n * n);
      let worst = 0;
      matrix.forEach((row, i) => {
        for (let j = 0; j < n; j++) {
          const product = row.reduce((sum, x, k) => sum + x * inverse[k * n + j], 0);
          worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
        }
      });
      expect(worst).toBeLessThan(2e-6);
    });
  });
