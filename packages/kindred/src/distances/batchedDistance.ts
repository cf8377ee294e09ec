import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import type { Distance } from "./distance.ts";

/** Is handed the distances of the query's rows start .. end - 1; `end` may exceed the number of rows. */
export type BatchVisitor = (matrix: Matrix, start: number, end: number) => void;

/**
 * Computes a distance matrix in batches of query rows and hands each to a visitor, so that the whole is never stored.
 *
 * Options: **batchSize** rows at a time, default 32.
 */
export class BatchedDistance {
  readonly distance: Distance;
  readonly batchSize: number;
  readonly #visit: BatchVisitor;

  constructor(distance: Distance, visit: BatchVisitor, options?: { readonly batchSize?: number }) {
    this.distance = distance;
    this.#visit = visit;
    this.batchSize = withDefaults(options, { batchSize: 32 }, "BatchedDistance").batchSize;
    checkNumber(this.batchSize, "batchSize", { atLeast: 1, integer: true });
  }

  /** Compares all rows of `query` with all of `reference`, or of `query` without one. */
  run(query: MatrixLike, reference: MatrixLike = query): void {
    const q = toMatrix(query, "query");
    const r = toMatrix(reference, "reference");
    for (let start = 0; start < q.rows; start += this.batchSize) {
      const rows = Math.min(this.batchSize, q.rows - start);
      const data = q.data.subarray(start * q.cols, (start + rows) * q.cols);
      this.#visit(this.distance.matrix({ data, rows, cols: q.cols }, r), start, start + this.batchSize);
    }
  }
}
