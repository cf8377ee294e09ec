import { checkNumber } from "../../matrix/checks.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";
import { type ClassSpectrum, whiteningFactors, type WhiteningOptions } from "./classSpectrum.ts";
import { scatter } from "./covariance.ts";
import { applyMap, type LinearMap } from "./linearMap.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

/** The directions in which whitened rows vary most. */
export interface WhitenedComponents {
  readonly mean: Float64Array;
  /** d x count: a column a direction, that of the largest variance first. */
  readonly directions: Matrix;
  /**
   * The variance of all rows along each, >= 0. After whitening in full, rows of one class have a variance of 1 or less along any of
   * them, so that what is above 1 tells classes apart.
   */
  readonly variances: Float64Array;
}

/** Options of {@link stretched}. */
export interface StretchOptions {
  /** How many directions are kept, 1 .. count; default all. */
  readonly size?: number;
  /** Each is multiplied by its variance to this power; default 0. */
  readonly stretch?: number;
}

/**
 * The principal components of rows that are whitened within classes. Unlike {@link discriminants}, of which there are fewer than classes,
 * they go on along what is left where the classes that were seen agree, since classes that come may differ there.
 *
 * @param count how many, 1 .. d
 * @throws RangeError when count or an option of whitening is out of bounds
 */
export function whitenedComponents(
  spectrum: ClassSpectrum,
  count: number,
  options: WhiteningOptions = {},
): WhitenedComponents {
  const { mean, variances, vectors, classMeans, classRows } = spectrum;
  const d = mean.length;
  checkNumber(count, "count", { atLeast: 1, atMost: d, integer: true });
  const factors = whiteningFactors(spectrum, options);
  const toCoordinates = scaledColumns(vectors, factors);
  const rows = classRows.reduce((sum, each) => sum + each, 0);
  const means: Matrix = { data: Float32Array.from(classMeans), rows: classRows.length, cols: d };
  const coordinates = applyMap({ mean, weights: toCoordinates }, means);
  for (let k = 0; k < coordinates.data.length; k++)
    coordinates.data[k] *= Math.sqrt(classRows[Math.floor(k / d)] / rows);
  const origin = new Float64Array(d);
  // the covariance of all whitened rows, in the eigenvectors' coordinates: that of the class means, and within classes a diagonal
  const all = scatter(coordinates, () => origin);
  for (let j = 0; j < d; j++) all[j * d + j] += factors[j] ** 2 * variances[j];
  const { values, vectors: found } = symmetricEigen(all, d, count);
  const turned = zeros(d, count);
  for (let c = 0; c < count; c++) for (let j = 0; j < d; j++) turned.data[j * count + c] = found[c * d + j];
  return {
    mean,
    directions: applyMap({ mean: origin, weights: turned }, toCoordinates),
    variances: values.map((value) => Math.max(0, value)),
  };
}

/**
 * The map onto the first components, the more stretched the more rows vary along them:
 *
 *     y = (x - mean) D diag(variances^stretch)
 *
 * brought to the size of the identity of so many columns.
 *
 * @throws RangeError when an option is out of bounds
 */
export function stretched(components: WhitenedComponents, options: StretchOptions = {}): LinearMap {
  const { mean, directions, variances } = components;
  const { size = directions.cols, stretch = 0 } = options;
  checkNumber(size, "size", { atLeast: 1, atMost: directions.cols, integer: true });
  checkNumber(stretch, "stretch", { atLeast: 0 });
  const weights = zeros(directions.rows, size);
  let squares = 0;
  for (let j = 0; j < directions.rows; j++)
    for (let c = 0; c < size; c++) {
      const entry = directions.data[j * directions.cols + c] * (variances[c] / variances[0]) ** stretch;
      weights.data[j * size + c] = entry;
      squares += entry * entry;
    }
  const unit = Math.sqrt(squares / size) || 1;
  for (let k = 0; k < weights.data.length; k++) weights.data[k] /= unit;
  return { mean, weights };
}

/** V' diag(factors) for eigenvectors in rows, d x d: x times it are coordinates along them, each times its factor. */
function scaledColumns(vectors: Float64Array, factors: Float64Array): Matrix {
  const d = factors.length;
  const weights = zeros(d, d);
  for (let c = 0; c < d; c++) for (let j = 0; j < d; j++) weights.data[j * d + c] = vectors[c * d + j] * factors[c];
  return weights;
}
