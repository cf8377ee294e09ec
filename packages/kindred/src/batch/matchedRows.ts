import { takeRows, type Matrix } from "../matrix/matrix.ts";
import type { Batch } from "./batch.ts";

/** Rows of a matrix in an order, each with its class. */
export interface OrderedRows {
  /** Which rows; null: all, as they are. */
  readonly rows: Int32Array | null;
  readonly codes: Int32Array;
}

/** Queries and candidates, of which query k belongs with candidate k; there may be more candidates. */
interface MatchedRows {
  readonly queries: OrderedRows;
  readonly candidates: OrderedRows;
}

/**
 * Who belongs with whom: with a reference row i with row i; without one, of each class the first sample with the second,
 * the third with the fourth and so on, the odd ones being candidates that are nobody's.
 */
export function matchRows({ reference, codes, referenceCodes, classes }: Batch): MatchedRows {
  if (reference !== null)
    return { queries: { rows: null, codes: codes! }, candidates: { rows: null, codes: referenceCodes! } };
  const waiting = new Int32Array(classes.length).fill(-1);
  const firsts: number[] = [];
  const seconds: number[] = [];
  codes!.forEach((code, row) => {
    if (waiting[code] < 0) {
      waiting[code] = row;
      return;
    }
    firsts.push(waiting[code]);
    seconds.push(row);
    waiting[code] = -1;
  });
  const ordered = (rows: readonly number[]): OrderedRows => ({
    rows: Int32Array.from(rows),
    codes: Int32Array.from(rows, (row) => codes![row]),
  });
  return { queries: ordered(firsts), candidates: ordered([...seconds, ...waiting.filter((row) => row >= 0)]) };
}

/** Refuses a reference whose row i cannot belong with row i of the embeddings. @throws RangeError */
export function checkMatched({ embeddings, reference, codes, referenceCodes }: Batch): void {
  if (reference === null) return;
  if (reference.rows < embeddings.rows)
    throw new RangeError(
      `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of the reference is the positive of row i`,
    );
  const other = codes!.findIndex((code, i) => code !== referenceCodes![i]);
  if (other >= 0)
    throw new RangeError(
      `labels[${other}] and referenceLabels[${other}] differ; row i of the reference is the positive of row i`,
    );
}

/** The rows of a matrix in their order. */
export function orderedRows(matrix: Matrix, { rows }: OrderedRows): Matrix {
  return rows === null ? matrix : takeRows(matrix, rows);
}
