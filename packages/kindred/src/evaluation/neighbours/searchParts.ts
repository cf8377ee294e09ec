import type { Distance } from "../../distances/distance.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { type Neighbours, nearestNeighbours } from "./nearestNeighbours.ts";
import { TopK } from "./topK.ts";

/** References that are read at a time. */
const PART_ROWS = 2 ** 14;

/**
 * The k nearest of references that are not in memory all at once, exactly: part after part is read and searched. Distances
 * are compared as float32, equal ones by the lower index.
 *
 * @param rows how many references there are, k or more
 * @param read references start .. end - 1
 */
export function searchParts(
  query: Matrix,
  rows: number,
  read: (start: number, end: number) => Matrix,
  k: number,
  distance: Distance,
): Neighbours {
  const topK = new TopK(query.rows, k);
  const sign = -distance.away;
  for (let start = 0; start < rows; start += PART_ROWS) {
    const part = read(start, Math.min(start + PART_ROWS, rows));
    const found = nearestNeighbours(query, part, Math.min(k, part.rows), { distance });
    for (let i = 0; i < query.rows; i++) offerFound(topK, i, found, start, sign);
  }
  return collected(topK, query.rows, sign);
}

function offerFound(topK: TopK, i: number, found: Neighbours, shift: number, sign: number): void {
  for (let r = i * found.k; r < (i + 1) * found.k; r++) {
    const score = sign * found.distances[r];
    if (score > topK.thresholds[i]) topK.offer(i, found.indices[r] + shift, score);
  }
}

function collected(topK: TopK, rows: number, sign: number): Neighbours {
  const { k } = topK;
  const indices = new Int32Array(rows * k);
  const distances = new Float32Array(rows * k);
  for (let i = 0; i < rows; i++) {
    const { from } = topK.sorted(i);
    for (let r = 0; r < k; r++) {
      indices[i * k + r] = topK.ids[from + r];
      distances[i * k + r] = sign * topK.scores[from + r];
    }
  }
  return { indices, distances, k };
}
