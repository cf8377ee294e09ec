import type { AnyColumns } from "../../batch/takes.ts";
import { addToColumns, takeColumns, type ColumnRange } from "../../matrix/columns.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Evaluation, Loss } from "../core/loss.ts";
import { mapColumns, pullColumns } from "./mappedColumns.ts";
import { WrappedLoss } from "./wrappedLoss.ts";

/**
 * A loss of some columns of the embeddings, of the reference and the negatives where there are some, and of a teacher's embeddings that
 * are as wide.
 */
export class ColumnsLoss extends WrappedLoss {
  readonly name = "ColumnsLoss";
  readonly columns: ColumnRange;

  /** @param columns looked at in each `evaluate` anew */
  constructor(loss: Loss, columns: ColumnRange) {
    super(loss);
    this.columns = columns;
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options: AnyColumns = {}): Evaluation {
    const matrix = toMatrix(embeddings, "embeddings");
    const { cols } = matrix;
    const cut = (given: Matrix): Matrix => takeColumns(given, this.columns);
    const taught = (given: Matrix): Matrix => (given.cols === cols ? cut(given) : given);
    const evaluation = this.loss.evaluate(cut(matrix), labels, mapColumns(options, cut, taught));
    return pullColumns(evaluation, (slopes) => this.#widened(slopes, cols));
  }

  /** The slopes of all columns: 0 beside those looked at. */
  #widened(slopes: Matrix, cols: number): Matrix {
    if (slopes.cols === cols) return slopes;
    const out = zeros(slopes.rows, cols);
    addToColumns(out, this.columns.start, slopes);
    return out;
  }
}
