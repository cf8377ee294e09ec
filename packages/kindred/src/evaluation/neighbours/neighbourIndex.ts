import type { Distance } from "../../distances/distance.ts";
import { type Matrix, takeRows } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { type Neighbours, nearestNeighbours } from "./nearestNeighbours.ts";

/**
 * Something that finds neighbours among references it was given before, exactly or nearly: an adapter around a library
 * such as usearch, or one of kindred's own.
 */
export interface NeighbourIndex {
  /** How many references it holds. */
  readonly size: number;
  /**
   * The k nearest references of each query, the nearest first; index -1 in the last places where fewer were found.
   *
   * @param query n x d
   * @param k 1 .. size
   */
  search(query: Matrix, k: number): Neighbours;
}

/** Builds an index over references that are to be compared by a distance. */
export type NeighbourIndexBuilder = (reference: Matrix, distance: Distance) => NeighbourIndex;

/** Queries that a recall is measured on, unless told otherwise. */
const SAMPLE = 200;

/**
 * The recall of an index: the share of the k exact nearest references that it finds, averaged over a seeded sample of the
 * queries. 1 when there is no query.
 */
export function measureRecall(
  index: NeighbourIndex,
  query: Matrix,
  reference: Matrix,
  k: number,
  { distance, seed = 0, sample = SAMPLE }: { distance: Distance; seed?: number; sample?: number },
): number {
  const order = new Random(seed).shuffle(Int32Array.from({ length: query.rows }, (_, i) => i));
  const chosen = takeRows(query, order.subarray(0, sample));
  if (chosen.rows === 0) return 1;
  const exact = nearestNeighbours(chosen, reference, k, { distance });
  const found = index.search(chosen, k);
  let common = 0;
  for (let i = 0; i < chosen.rows; i++) {
    const wanted = new Set(exact.indices.subarray(i * k, (i + 1) * k));
    for (let r = 0; r < found.k; r++) if (wanted.has(found.indices[i * found.k + r])) common++;
  }
  return common / (chosen.rows * k);
}
