import { zeros, type Matrix } from "kindred";

/** Rows divided by their length; rows of zeros as they are. */
export function unitRows({ data, rows, cols }: Matrix): Matrix {
  const out = zeros(rows, cols);
  for (let start = 0; start < data.length; start += cols) {
    const row = data.subarray(start, start + cols);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (norm > 0) row.forEach((x, k) => (out.data[start + k] = x / norm));
  }
  return out;
}
