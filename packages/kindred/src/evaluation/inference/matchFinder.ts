import type { Distance } from "../../distances/distance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { checkWidths } from "../neighbours/nearestNeighbours.ts";
import { usualDistance } from "../neighbours/usualDistance.ts";

export interface MatchFinderOptions {
  /** Default CosineSimilarity, whose thresholds mean the same for any embeddings; so are those of verification and calibration. */
  readonly distance: Distance;
  /** Pairs at least as near match. Default 0.9. */
  readonly threshold: number;
}

/** Pairs that match: query `queries[k]` and reference `references[k]`, by ascending query and then reference. */
export interface Matches {
  readonly queries: Int32Array;
  readonly references: Int32Array;
  readonly distances: Float32Array;
}

/** Entries of the distance matrix formed at a time. */
const BAND_FLOATS = 2 ** 18;

/** Decides by a threshold on a distance whether two embeddings are of one class. */
export class MatchFinder {
  readonly distance: Distance;
  readonly threshold: number;

  constructor(options?: Partial<MatchFinderOptions>) {
    const defaults: MatchFinderOptions = { distance: usualDistance(), threshold: 0.9 };
    const { distance, threshold } = withDefaults(options, defaults, "MatchFinder");
    this.distance = distance;
    this.threshold = checkNumber(threshold, "threshold", { infinite: true });
  }

  /** Whether row i of x matches row i of y, for each i. @throws RangeError when the shapes differ */
  isMatch(x: MatrixLike, y: MatrixLike, threshold: number = this.threshold): boolean[] {
    const left = toMatrix(x, "x");
    const right = toMatrix(y, "y");
    if (left.rows !== right.rows)
      throw new RangeError(
        `x has ${left.rows} rows and y ${right.rows}; row i of one is compared with row i of the other`,
      );
    checkWidths(left, right);
    return Array.from({ length: left.rows }, (_, i) => {
      const [value] = this.distance.matrix(band(left, i, i + 1), band(right, i, i + 1)).data;
      return this.#isNear(value, threshold);
    });
  }

  /**
   * All pairs of a query and a reference that match.
   *
   * @param reference default: the queries, each of which matches itself too
   */
  getMatchingPairs(query: MatrixLike, reference?: MatrixLike, threshold: number = this.threshold): Matches {
    const q = toMatrix(query, "query");
    const r = reference === undefined ? q : toMatrix(reference, "reference");
    checkWidths(q, r);
    const queries: number[] = [];
    const references: number[] = [];
    const distances: number[] = [];
    const rows = Math.max(1, Math.floor(BAND_FLOATS / Math.max(r.rows, 1)));
    for (let top = 0; top < q.rows; top += rows) {
      const { data } = this.distance.matrix(band(q, top, Math.min(top + rows, q.rows)), r);
      data.forEach((value, k) => {
        if (!this.#isNear(value, threshold)) return;
        queries.push(top + Math.floor(k / r.rows));
        references.push(k % r.rows);
        distances.push(value);
      });
    }
    return {
      queries: Int32Array.from(queries),
      references: Int32Array.from(references),
      distances: Float32Array.from(distances),
    };
  }

  #isNear(value: number, threshold: number): boolean {
    return this.distance.isInverted ? value >= threshold : value <= threshold;
  }
}

function band({ data, cols }: Matrix, start: number, end: number): Matrix {
  return { data: data.subarray(start * cols, end * cols), rows: end - start, cols };
}
