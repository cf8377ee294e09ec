import { borrow, floatsAt, kernels } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { type ScoreSpace, TILE_COLS } from "./scoreSpace.ts";

/** Scores that are dot products: score (i, j) = left row i . right row j. */
export function productSpace(left: Matrix, right: Matrix, isSymmetric: boolean): ScoreSpace {
  const depth = left.cols;
  return {
    rows: left.rows,
    cols: right.rows,
    isSymmetric,
    fill({ rowStart, rowEnd, colStart, colEnd }, pointer, stride) {
      const rows = rowEnd - rowStart;
      borrow((workspace) => {
        const a = workspace.floats(rows * depth);
        const b = workspace.floats(Math.min(TILE_COLS, colEnd - colStart) * depth);
        floatsAt(a, rows * depth).set(left.data.subarray(rowStart * depth, rowEnd * depth));
        for (let start = colStart; start < colEnd; start += TILE_COLS) {
          const cols = Math.min(TILE_COLS, colEnd - start);
          floatsAt(b, cols * depth).set(right.data.subarray(start * depth, (start + cols) * depth));
          const target = pointer + (start - colStart) * 4;
          kernels.gemm(rows, cols, depth, a, depth, 1, b, 1, depth, target, stride, false, false);
        }
      });
    },
    distance(i, j) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += left.data[i * depth + k] * right.data[j * depth + k];
      return sum;
    },
  };
}
