import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
import { powerOfTwo } from "../../matrix/float.ts";
import { largestOffset } from "../../matrix/largestOffset.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** Rows whose products are summed in float32 before they are added up in float64. */
const ROWS_AT_ONCE = 256;

/**
 * The sum of (x - c)(x - c)' over rows x, each with its own centre c: what a covariance is made of.
 *
 * @param centreOf the centre of a row, d entries
 * @returns d x d, row-major, symmetric
 */
export function scatter(x: Matrix, centreOf: (row: number) => Float64Array): Float64Array {
  const { rows, cols, data } = x;
  const sums = new Float64Array(cols * cols);
  // products of differences in this unit keep to float32's range
  const unit = powerOfTwo(largestOffset(x, centreOf));
  for (let start = 0; start < rows; start += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, rows - start);
    borrow((workspace) => {
      const centred = Dense.of(workspace, count, cols);
      const product = Dense.of(workspace, cols, cols);
      const entries = centred.view();
      for (let i = 0, k = 0; i < count; i++) {
        const centre = centreOf(start + i);
        for (let j = 0; j < cols; j++, k++) entries[k] = (data[(start + i) * cols + j] - centre[j]) / unit;
      }
      product.setGram(centred);
      const added = product.view();
      for (let i = 0; i < cols; i++)
        for (let k = i * cols + i; k < (i + 1) * cols; k++) sums[k] += added[k] * unit * unit;
    });
  }
  for (let i = 0; i < cols; i++) for (let j = 0; j < i; j++) sums[i * cols + j] = sums[j * cols + i];
  return sums;
}
