import { type Matrix, zeros } from "./matrix.ts";

/** Columns of a matrix, `start` among them and `end` not. */
export interface ColumnRange {
  readonly start: number;
  readonly end: number;
}

/** Some columns of a matrix, copied; the matrix itself when they are all. */
export function takeColumns(matrix: Matrix, { start, end }: ColumnRange): Matrix {
  const { data, rows, cols } = matrix;
  if (start === 0 && end === cols) return matrix;
  const out = zeros(rows, end - start);
  for (let i = 0; i < rows; i++) out.data.set(data.subarray(i * cols + start, i * cols + end), i * out.cols);
  return out;
}

/** Adds a matrix to columns of one that has as many rows, from the column `start` on. */
export function addToColumns(into: Matrix, start: number, { data, rows, cols }: Matrix): void {
  for (let i = 0, k = 0; i < rows; i++)
    for (let j = 0, to = i * into.cols + start; j < cols; j++) into.data[to++] += data[k++];
}

/** Matrices of the same number of rows beside each other, copied; a single one as it is. */
export function sideBySide(parts: readonly Matrix[]): Matrix {
  if (parts.length === 1) return parts[0];
  const out = zeros(parts[0].rows, parts.reduce((sum, { cols }) => sum + cols, 0)); // prettier-ignore
  let start = 0;
  for (const { data, rows, cols } of parts) {
    for (let i = 0; i < rows; i++) out.data.set(data.subarray(i * cols, (i + 1) * cols), i * out.cols + start);
    start += cols;
  }
  return out;
}
