import type { EvaluateOptions } from "../../batch/takes.ts";
import { addToColumns, takeColumns, type ColumnRange } from "../../matrix/columns.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Evaluation, Loss } from "../core/loss.ts";
import { WrappedLoss } from "./wrappedLoss.ts";

/** A loss of some columns of the embeddings, and of the reference where there is one. */
export class ColumnsLoss extends WrappedLoss {
  readonly name = "ColumnsLoss";
  readonly columns: ColumnRange;

  /** @param columns looked at in each `evaluate` anew */
  constructor(loss: Loss, columns: ColumnRange) {
    super(loss);
    this.columns = columns;
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options: EvaluateOptions = {}): Evaluation {
    const matrix = toMatrix(embeddings, "embeddings");
    const reference = options.reference === undefined ? undefined : toMatrix(options.reference, "reference");
    const { gradients, ...evaluation } = this.loss.evaluate(takeColumns(matrix, this.columns), labels, {
      ...options,
      ...(reference && { reference: takeColumns(reference, this.columns) }),
    });
    return {
      ...evaluation,
      gradients: {
        embeddings: this.#widened(gradients.embeddings, matrix.cols),
        ...(reference && gradients.reference && { reference: this.#widened(gradients.reference, reference.cols) }),
        parameters: gradients.parameters,
      },
    };
  }

  /** The slopes of all columns: 0 beside those looked at. */
  #widened(slopes: Matrix, cols: number): Matrix {
    if (slopes.cols === cols) return slopes;
    const out = zeros(slopes.rows, cols);
    addToColumns(out, this.columns.start, slopes);
    return out;
  }
}
