import type { AnyColumns } from "../../batch/takes.ts";
import { normalizeRows, pullThroughNormalizedRows } from "../../distances/forms/normalization.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Evaluation } from "../core/loss.ts";
import { mapColumns, pullColumns } from "./mappedColumns.ts";
import { WrappedLoss } from "./wrappedLoss.ts";

/** A loss of rows that are divided by their lengths first: of embeddings, reference, negatives, and a teacher's embeddings. */
export class UnitRowsLoss extends WrappedLoss {
  readonly name = "UnitRowsLoss";

  evaluate(embeddings: MatrixLike, labels: Labels | null, options: AnyColumns = {}): Evaluation {
    const given: Matrix[] = [toMatrix(embeddings, "embeddings")];
    const unit = (matrix: Matrix): Matrix => normalizeRows(matrix, 2);
    const columns = mapColumns(
      options,
      (matrix) => {
        given.push(matrix);
        return unit(matrix);
      },
      unit,
    );
    const evaluation = this.loss.evaluate(unit(given[0]), labels, columns);
    return pullColumns(evaluation, (slopes, column) => pullThroughNormalizedRows(given[column], slopes, 2));
  }
}
