import { columnMeans } from "../../matrix/columnMeans.ts";
import { powerOfTwo } from "../../matrix/float.ts";
import { largestOffset } from "../../matrix/largestOffset.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";
import { productSpace } from "./productSpace.ts";
import type { ScoreSpace } from "./scoreSpace.ts";

/**
 * Scores that order by the Euclidean distance, as dot products of rows with two entries more:
 * -|x - y|^2 / 2 = 1 (-|y|^2 / 2) + (-|x|^2 / 2) 1 + x . y.
 * The norms come first: their sum is the same in either order, so that score (i, j) has the bits of score (j, i).
 *
 * Both sides are moved near the references' mean and scaled to entries of at most about 1, which changes no order: far from
 * the origin the three terms would cancel each other's digits, and their squares could overflow. The move is a multiple of
 * a power of two as large as the spread, and the scale a power of two, so that neither rounds: equal distances stay equal.
 */
export function euclideanSpace(query: Matrix, reference: Matrix): ScoreSpace {
  const means = columnMeans(reference);
  const spread = powerOfTwo(largestOffset(reference, () => means));
  const centre = means.map((mean) => Math.round(mean / spread) * spread);
  const scale =
    1 /
    powerOfTwo(
      Math.max(
        largestOffset(query, () => centre),
        largestOffset(reference, () => centre),
      ),
    );
  const isSymmetric = query === reference;
  const right = lift(reference, centre, scale, 1, 0);
  const products = productSpace(lift(query, centre, scale, 0, 1), right, isSymmetric);
  return { ...products, distance: (i, j) => Math.sqrt(squaredDistance(query, i, reference, j)) };
}

function squaredDistance(query: Matrix, i: number, reference: Matrix, j: number): number {
  const q = i * query.cols;
  const r = j * reference.cols;
  let sum = 0;
  for (let c = 0; c < query.cols; c++) {
    const difference = query.data[q + c] - reference.data[r + c];
    sum += difference * difference;
  }
  return sum;
}

/** A 1 in column `one`, -|row|^2 / 2 in column `norm`, then the row, moved and scaled. */
function lift(matrix: Matrix, centre: Float64Array, scale: number, one: number, norm: number): Matrix {
  const { rows, cols, data } = matrix;
  const lifted = zeros(rows, cols + 2);
  for (let i = 0, from = 0, to = 0; i < rows; i++, from += cols, to += cols + 2) {
    let squares = 0;
    for (let j = 0; j < cols; j++) {
      const x = Math.fround((data[from + j] - centre[j]) * scale);
      lifted.data[to + 2 + j] = x;
      squares += x * x;
    }
    lifted.data[to + one] = 1;
    lifted.data[to + norm] = -squares / 2;
  }
  return lifted;
}
