import { checkNumber } from "../../matrix/checks.ts";
import { columnMeans } from "../../matrix/columnMeans.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import { scatter } from "./covariance.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

/** The directions in which rows vary most. */
export interface PrincipalComponents {
  readonly mean: Float64Array;
  /** count x d: one direction of length 1 a row, that of the largest variance first. */
  readonly components: Matrix;
  /** The (unbiased) variance along each. */
  readonly variances: Float64Array;
  /** The coordinates of rows along the components, n x count. @throws RangeError when they are of other width */
  readonly transform: (rows: MatrixLike) => Matrix;
}

/**
 * Principal component analysis: the eigenvectors of the rows' covariance with the `count` largest eigenvalues. Each
 * component's largest entry is positive, so that the same data give the same picture.
 *
 * @param input n x d, n >= 2
 * @param count 1 .. d
 * @throws RangeError when there are too few rows, or `count` is out of bounds
 */
export function principalComponents(input: MatrixLike, count: number): PrincipalComponents {
  const x = toMatrix(input, "input");
  checkNumber(count, "count", { atLeast: 1, atMost: x.cols, integer: true });
  if (x.rows < 2) throw new RangeError(`input has ${x.rows} rows; a variance needs at least 2`);
  const mean = columnMeans(x);
  const d = x.cols;
  const covariance = scatter(x, () => mean).map((entry) => entry / (x.rows - 1));
  const { values, vectors } = symmetricEigen(covariance, d, count);
  const components = zeros(count, d);
  for (let c = 0; c < count; c++) {
    const vector = vectors.subarray(c * d, (c + 1) * d);
    const largest = vector.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    components.data.set(
      vector.map((v) => (largest < 0 ? -v : v)),
      c * d,
    );
  }
  const variances = values.map((value) => Math.max(value, 0));
  return { mean, components, variances, transform: (rows) => project(toMatrix(rows, "rows"), mean, components) };
}

function project(x: Matrix, mean: Float64Array, components: Matrix): Matrix {
  const d = components.cols;
  if (x.cols !== d) throw new RangeError(`rows has ${x.cols} columns; the components were found for ${d}`);
  const out = zeros(x.rows, components.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let c = 0; c < components.rows; c++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (x.data[i * d + j] - mean[j]) * components.data[c * d + j];
      out.data[i * components.rows + c] = sum;
    }
  }
  return out;
}
