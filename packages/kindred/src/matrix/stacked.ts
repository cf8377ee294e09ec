import type { Matrix } from "./matrix.ts";

/** The rows of one matrix above those of another that is as wide, copied. */
export function stacked(one: Matrix, other: Matrix): Matrix {
  const data = new Float32Array(one.data.length + other.data.length);
  data.set(one.data);
  data.set(other.data, one.data.length);
  return { data, rows: one.rows + other.rows, cols: one.cols };
}
