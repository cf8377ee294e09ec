import { rowView, type Matrix } from "../../matrix/matrix.ts";
import type { Similarity } from "./similarity.ts";

/** Rows shorter than this have no direction: their cosine is 0, or near it. */
const SHORTEST = 1e-12;

type RowSimilarity = (x: Float32Array, y: Float32Array) => number;

const ofRows: Readonly<Record<Similarity, RowSimilarity>> = {
  cosine: (x, y) => dot(x, y) / (length(x) * length(y)),
  dot,
  euclidean: (x, y) => -Math.sqrt(summed(x, y, (difference) => difference * difference)),
  manhattan: (x, y) => -summed(x, y, Math.abs),
};

/** How alike row i of `left` is to row `rows[i]` of `right` (row i without `rows`), in float64. */
export function pairSimilarities(
  similarity: Similarity,
  left: Matrix,
  right: Matrix,
  rows: ArrayLike<number> | null = null,
): Float64Array {
  const compare = ofRows[similarity];
  return Float64Array.from({ length: left.rows }, (_, i) => compare(rowView(left, i), rowView(right, rows?.[i] ?? i)));
}

function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}

function length(x: Float32Array): number {
  return Math.max(Math.sqrt(dot(x, x)), SHORTEST);
}

function summed(x: Float32Array, y: Float32Array, of: (difference: number) => number): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += of(x[k] - y[k]);
  return sum;
}
