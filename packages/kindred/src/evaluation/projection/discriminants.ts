import { checkNumber } from "../../matrix/checks.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";
import { type ClassSpectrum, whitening, type WhiteningOptions } from "./classSpectrum.ts";
import { scatter } from "./covariance.ts";
import { applyMap, type LinearMap } from "./linearMap.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

/**
 * Linear discriminants: the `count` directions, after whitening within classes, along which the means of the classes lie
 * farthest apart.
 *
 *     y = (x - mean) W U,   W whitening, U the eigenvectors of sum_c (n_c / n) (m_c W)(m_c W)'  (m_c: mean of class c less the mean)
 *
 * @param count columns of the result, 1 .. d
 * @throws RangeError when count or an option of whitening is out of bounds
 * Source: Fisher, "The use of multiple measurements in taxonomic problems" (1936); Rao (1948) for many classes.
 */
export function discriminants(spectrum: ClassSpectrum, count: number, options: WhiteningOptions = {}): LinearMap {
  const d = spectrum.mean.length;
  checkNumber(count, "count", { atLeast: 1, atMost: d, integer: true });
  const whitener = whitening(spectrum, options);
  const means = weighted(applyMap(whitener, classMeansOf(spectrum)), spectrum.classRows);
  const origin = new Float64Array(d);
  const { vectors } = symmetricEigen(
    scatter(means, () => origin),
    d,
    count,
  );
  const directions = zeros(d, count);
  for (let c = 0; c < count; c++) for (let j = 0; j < d; j++) directions.data[j * count + c] = vectors[c * d + j];
  // whitener.weights U: rows of a matrix through a map without a mean
  return { mean: whitener.mean, weights: applyMap({ mean: origin, weights: directions }, whitener.weights) };
}

function classMeansOf({ classMeans, classRows, mean }: ClassSpectrum): Matrix {
  return { data: Float32Array.from(classMeans), rows: classRows.length, cols: mean.length };
}

/** Each row times the root of its class's size, so that its scatter counts so often. */
function weighted({ data, rows, cols }: Matrix, classRows: Uint32Array): Matrix {
  return { data: data.map((entry, k) => entry * Math.sqrt(classRows[Math.floor(k / cols)])), rows, cols };
}
