import type { Distance } from "../../distances/distance.ts";
import { distanceSpace } from "../../distances/scores/distanceSpace.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { searchTopK } from "./searchTopK.ts";
import { usualDistance } from "./usualDistance.ts";

/** The k nearest references of each of n queries, the nearest first: entry r of query i stands at `i * k + r`. */
export interface Neighbours {
  readonly indices: Int32Array;
  /** As the distance measures them; similarities where it is inverted. */
  readonly distances: Float32Array;
  readonly k: number;
}

export interface NearestNeighboursOptions {
  /** How far apart two embeddings are. Default: the cosine. */
  readonly distance: Distance;
  /** Whether the first rows of the reference are the queries, none of which is then its own neighbour. Default false. */
  readonly refIncludesQuery: boolean;
}

/**
 * The k nearest references of each query, exactly: every pair is looked at, in tiles, and O(n k) memory is used.
 *
 * Candidates are found by scores in float32 (about 7 digits of the squared distances' range); the k kept are measured
 * again in float64 and ordered by that, equal distances by the lower index.
 *
 * @param query n x d
 * @param reference m x d; null: the queries themselves, none of which is its own neighbour
 * @param k 1 .. m (m - 1 where a query does not count)
 * @throws RangeError when k is more than there are references, or when the widths differ
 */
export function nearestNeighbours(
  query: MatrixLike,
  reference: MatrixLike | null,
  k: number,
  options?: Partial<NearestNeighboursOptions>,
): Neighbours {
  const distance = usualDistance();
  const chosen = withDefaults(options, { distance, refIncludesQuery: reference === null }, "nearestNeighbours");
  const q = toMatrix(query, "query");
  const r = reference === null || reference === query ? q : toMatrix(reference, "reference");
  checkWidths(q, r);
  if (chosen.refIncludesQuery && r.rows < q.rows)
    throw new RangeError(
      `reference has ${r.rows} rows for ${q.rows} queries; with refIncludesQuery its first rows are the queries`,
    );
  const available = r.rows - (chosen.refIncludesQuery ? 1 : 0);
  checkNumber(k, "k", { atLeast: 1, integer: true });
  if (q.rows > 0 && k > available)
    throw new RangeError(`k is ${k}, but a query has ${available} references to choose from; give k <= ${available}`);
  return search(q, r, k, chosen);
}

function search(query: Matrix, reference: Matrix, k: number, options: NearestNeighboursOptions): Neighbours {
  const space = distanceSpace(options.distance, query, reference);
  const sign = options.distance.away;
  const indices = new Int32Array(query.rows * k);
  const distances = new Float32Array(query.rows * k);
  const exact = new Float64Array(k);
  searchTopK(space, k, options.refIncludesQuery, (i, ids, from, count, scores) => {
    for (let r = 0; r < count; r++) {
      const id = ids[from + r];
      const far = space.distance(i, id, scores[from + r]);
      let place = r;
      while (place > 0 && isNearer(sign * far, id, sign * exact[place - 1], indices[i * k + place - 1])) {
        exact[place] = exact[place - 1];
        indices[i * k + place] = indices[i * k + place - 1];
        place--;
      }
      exact[place] = far;
      indices[i * k + place] = id;
    }
    distances.set(exact, i * k);
  });
  return { indices, distances, k };
}

function isNearer(far: number, id: number, otherFar: number, otherId: number): boolean {
  return far < otherFar || (far === otherFar && id < otherId);
}

type Shape = Pick<Matrix, "rows" | "cols">;

/** @throws RangeError when queries and references are not equally wide */
export function checkWidths(query: Shape, reference: Shape): void {
  if (query.cols !== reference.cols && query.rows > 0 && reference.rows > 0)
    throw new RangeError(
      `reference has ${reference.cols} columns and query ${query.cols}; embeddings of one model are equally wide`,
    );
}
