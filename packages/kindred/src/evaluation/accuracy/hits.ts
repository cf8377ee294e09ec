/** Where the relevant references of one query stand among its neighbours: all that a ranking metric needs to know. */
export interface Hits {
  /** How many relevant references there are among the k nearest. */
  count: number;
  /** Their ranks, ascending; 1 is the nearest reference. Only the first `count` entries mean something. */
  ranks: Int32Array;
  /** How relevant each of them is; 1 unless labels are compared by a graded function. */
  gains: Float64Array;
  /** How many relevant references there are in all. */
  relevant: number;
  /** The gains of the relevant references, the largest first; undefined when all are 1. */
  idealGains: Float64Array | undefined;
  /** How many neighbours were looked at. */
  k: number;
  /** The nearest reference, relevant or not; -1 where none was found. */
  nearest: number;
}

/** Room for the hits of one query after another. */
export function emptyHits(capacity: number, k: number): Hits {
  const ranks = new Int32Array(capacity);
  const gains = new Float64Array(capacity).fill(1);
  return { count: 0, ranks, gains, relevant: 0, idealGains: undefined, k, nearest: -1 };
}
