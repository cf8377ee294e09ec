import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
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
  const unit = unitOf(x, centreOf);
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
      product.setProduct(centred.transposed, centred);
      const added = product.view();
      for (let k = 0; k < sums.length; k++) sums[k] += added[k] * unit * unit;
    });
  }
  return sums;
}

/** The power of two below the largest difference, in which products of differences keep to float32's range; 1 where there is none. */
function unitOf({ rows, cols, data }: Matrix, centreOf: (row: number) => Float64Array): number {
  let largest = 0;
  for (let i = 0, k = 0; i < rows; i++) {
    const centre = centreOf(i);
    for (let j = 0; j < cols; j++, k++) largest = Math.max(largest, Math.abs(data[k] - centre[j]));
  }
  return largest === 0 ? 1 : 2 ** Math.floor(Math.log2(largest));
}

/** The mean of each column. */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] += data[k++];
  return sums.map((sum) => sum / rows);
}
