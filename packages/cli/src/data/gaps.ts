import type { Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";

/** The rows without a missing value (NaN). */
export function rowsWithoutGaps({ data, rows, cols }: Matrix): number[] {
  const whole: number[] = [];
  for (let i = 0; i < rows; i++) if (!data.subarray(i * cols, (i + 1) * cols).some(Number.isNaN)) whole.push(i);
  return whole;
}

/** How many values are missing. */
export function gapsIn({ data }: Matrix): number {
  let gaps = 0;
  for (const value of data) if (Number.isNaN(value)) gaps++;
  return gaps;
}

/** The mean of the known values of each column; NaN where none is known. */
export function columnMeans({ data, cols }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  const counts = new Float64Array(cols);
  for (let k = 0; k < data.length; k++) {
    if (Number.isNaN(data[k])) continue;
    sums[k % cols] += data[k];
    counts[k % cols]++;
  }
  return sums.map((sum, c) => sum / counts[c]);
}

/**
 * The vectors with a mean in the place of what is missing; the same when nothing is.
 *
 * @param names of the columns, for the sentence
 * @throws InputError when a value is missing of which no mean is known
 */
export function fillGaps(vectors: Matrix, means: Float64Array, names: readonly string[] | null): Matrix {
  if (gapsIn(vectors) === 0) return vectors;
  const { data, rows, cols } = vectors;
  const filled = data.map((value, k) => (Number.isNaN(value) ? means[k % cols] : value));
  const unknown = filled.findIndex(Number.isNaN);
  if (unknown >= 0)
    throw new InputError(
      `column ${names?.[unknown % cols] ?? (unknown % cols) + 1} has no value that a mean could be taken of; leave it out with --ignore`,
    );
  return { data: filled, rows, cols };
}
