import { describe, expect, it } from "vitest";
import { Random } from "../../src/index.ts";
import { Dense } from "../../src/kernels/dense.ts";
import { borrow, type Workspace } from "../../src/kernels/runtime.ts";

type Rows = readonly (readonly number[])[];

/** Small whole numbers, whose sums of products are exact. */
function randomRows(rows: number, cols: number, seed: number): Rows {
  const random = new Random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: cols }, () => random.integer(9) - 4));
}

function dense(workspace: Workspace, rows: Rows): Dense {
  const matrix = Dense.of(workspace, rows.length, rows[0].length);
  matrix.view().set(rows.flat());
  return matrix;
}

const product = (a: Rows, b: Rows): number[][] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));

const turned = (a: Rows): number[][] => a[0].map((_, j) => a.map((row) => row[j]));

describe("Dense", () => {
  const a = randomRows(7, 5, 1);
  const b = randomRows(5, 9, 2);
  const c = randomRows(7, 9, 3);

  it("setProduct(a, b) is the product, of each factor as it is or turned", () => {
    borrow((workspace) => {
      const out = Dense.of(workspace, 7, 9);
      const [x, y] = [dense(workspace, a), dense(workspace, b)];
      const [xTurned, yTurned] = [dense(workspace, turned(a)), dense(workspace, turned(b))];
      for (const first of [x, xTurned.transposed])
        for (const second of [y, yTurned.transposed]) {
          out.view().fill(NaN);
          out.setProduct(first, second);
          expect([...out.view()]).toEqual(product(a, b).flat());
        }
    });
  });

  it("addProduct(a, b) adds it to what is there", () => {
    borrow((workspace) => {
      const out = dense(workspace, c);
      out.addProduct(dense(workspace, a), dense(workspace, b));
      expect([...out.view()]).toEqual(
        product(a, b)
          .map((row, i) => row.map((x, j) => x + c[i][j]))
          .flat(),
      );
    });
  });

  it("row(i) and slice(start, end) are the same memory", () => {
    borrow((workspace) => {
      const matrix = dense(workspace, a);
      expect([...matrix.row(3).view()]).toEqual(a[3]);
      const slice = matrix.slice(2, 5);
      expect([slice.rows, slice.cols, [...slice.view()]]).toEqual([3, 5, a.slice(2, 5).flat()]);
      expect(matrix.slice(4).rows).toBe(3);
      slice.row(0).fill(7);
      expect([...matrix.row(2).view()]).toEqual([7, 7, 7, 7, 7]);
    });
  });

  it("squaredDistance(i, j) is that of two rows", () => {
    borrow((workspace) => {
      const matrix = dense(workspace, [
        [4, 1, 0],
        [2, 8, -1],
      ]);
      expect(matrix.squaredDistance(0, 1)).toBe(4 + 49 + 1);
      expect(matrix.squaredDistance(1, 1)).toBe(0);
    });
  });

  it("invert(workspace) leaves the inverse in place", () => {
    borrow((workspace) => {
      const matrix = dense(workspace, [
        [4, 1],
        [2, 8],
      ]);
      matrix.invert(workspace);
      [8 / 30, -1 / 30, -2 / 30, 4 / 30].forEach((x, k) => expect(matrix.view()[k]).toBeCloseTo(x, 6));
    });
  });
});
