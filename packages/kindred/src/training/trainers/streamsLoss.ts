import { WrappedLoss } from "../../losses/around/wrappedLoss.ts";
import type { Evaluation } from "../../losses/core/loss.ts";
import { sideBySide, takeColumns } from "../../matrix/columns.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type MatrixLike } from "../../matrix/matrix.ts";

/** A loss between the two halves of each row: anchors are of the first, their positives and negatives of the second. */
export class StreamsLoss extends WrappedLoss {
  readonly name = "StreamsLoss";

  evaluate(embeddings: MatrixLike, labels: Labels): Evaluation {
    const both = toMatrix(embeddings, "embeddings");
    const half = both.cols / 2;
    const anchors = takeColumns(both, { start: 0, end: half });
    const reference = takeColumns(both, { start: half, end: both.cols });
    const evaluation = this.loss.evaluate(anchors, labels, { reference, referenceLabels: labels });
    const { gradients } = evaluation;
    return {
      ...evaluation,
      gradients: {
        embeddings: sideBySide([gradients.embeddings, gradients.reference!]),
        parameters: gradients.parameters,
      },
    };
  }
}
