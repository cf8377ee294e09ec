import type { Matrix } from "./matrix.ts";

/** The rows of matrices that are as wide, those of the first above those of the next and so on, copied. */
export function stacked(...parts: readonly [Matrix, ...Matrix[]]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const { cols } = parts[0];
  const data = new Float32Array(rows * cols);
  let start = 0;
  for (const part of parts) {
    data.set(part.data, start);
    start += part.data.length;
  }
  return { data, rows, cols };
}
