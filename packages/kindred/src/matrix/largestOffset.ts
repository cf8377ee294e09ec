import type { Matrix } from "./matrix.ts";

/** The largest difference, in size, between an entry and that of its row's centre; 0 where there are no rows. */
export function largestOffset({ rows, cols, data }: Matrix, centreOf: (row: number) => Float64Array): number {
  let largest = 0;
  for (let i = 0, k = 0; i < rows; i++) {
    const centre = centreOf(i);
    for (let j = 0; j < cols; j++) largest = Math.max(largest, Math.abs(data[k++] - centre[j]));
  }
  return largest;
}
