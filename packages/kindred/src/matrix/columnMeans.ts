import type { Matrix } from "./matrix.ts";

/** The mean of each column; 0 where there are no rows. */
export function columnMeans({ rows, cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] += data[k++];
  return sums.map((sum) => sum / Math.max(rows, 1));
}
