import { divisorOf, norm, pullThroughNormalization } from "../../distances/forms/normalization.ts";
import { type Matrix, rowView } from "../../matrix/matrix.ts";

/** Compares two rows of length 1 and leaves the slopes by each in `xSlope` and `ySlope`. */
export type UnitSimilarity = (x: Float64Array, y: Float64Array, xSlope: Float64Array, ySlope: Float64Array) => number;

/**
 * Compares row i of one matrix with row i of another, for every i, in float64: the rows are divided by their lengths first.
 * Time n d; no memory but one number a row.
 */
export class RowSimilarity {
  readonly #one: Matrix;
  readonly #other: Matrix;
  readonly #compare: UnitSimilarity;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #xSlope: Float64Array;
  readonly #ySlope: Float64Array;

  constructor(one: Matrix, other: Matrix, compare: UnitSimilarity) {
    this.#one = one;
    this.#other = other;
    this.#compare = compare;
    [this.#x, this.#y, this.#xSlope, this.#ySlope] = Array.from({ length: 4 }, () => new Float64Array(one.cols));
  }

  /** One similarity a row. */
  values(): Float64Array {
    return Float64Array.from({ length: this.#one.rows }, (_, i) => this.#row(i).value);
  }

  /** Writes the slopes of sum_i slopes_i value_i by both matrices into those given. */
  pull(slopes: Float64Array, oneSlopes: Matrix, otherSlopes: Matrix): void {
    const { rows, cols } = this.#one;
    for (let i = 0; i < rows; i++) {
      const { xNorm, yNorm } = this.#row(i);
      for (let k = 0; k < cols; k++) {
        this.#xSlope[k] *= slopes[i];
        this.#ySlope[k] *= slopes[i];
      }
      pullThroughNormalization(this.#xSlope, this.#x, { norm: xNorm, p: 2 }, rowView(oneSlopes, i));
      pullThroughNormalization(this.#ySlope, this.#y, { norm: yNorm, p: 2 }, rowView(otherSlopes, i));
    }
  }

  #row(i: number): { value: number; xNorm: number; yNorm: number } {
    const xNorm = unitRow(this.#one, i, this.#x);
    const yNorm = unitRow(this.#other, i, this.#y);
    return { value: this.#compare(this.#x, this.#y, this.#xSlope, this.#ySlope), xNorm, yNorm };
  }
}

/** Row i divided by its length, which is returned. */
function unitRow({ data, cols }: Matrix, i: number, out: Float64Array): number {
  const length = norm(data, i * cols, cols, 2);
  const divisor = divisorOf(length);
  for (let k = 0; k < cols; k++) out[k] = data[i * cols + k] / divisor;
  return length;
}
