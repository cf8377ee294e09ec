import { checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { requireComparingLoss } from "./comparingLoss.ts";
import type { Evaluation, Loss } from "../core/loss.ts";

/** Options of {@link SelfSupervisedLoss}. */
export interface SelfSupervisedLossOptions {
  /** Whether both views are anchors, among all samples of both. Default true. */
  readonly symmetric: boolean;
}

const defaults: SelfSupervisedLossOptions = { symmetric: true };

/**
 * A loss of two views of the same samples, without labels: row i of one view and row i of the other are a positive pair,
 * all other rows are negatives.
 *
 *     const loss = new SelfSupervisedLoss(new NTXentLoss());
 *     const { value, gradients } = loss.evaluate(view, otherView);
 *
 * Symmetric: 2n anchors among 2n samples. Otherwise the rows of the first view are anchors, those of the second references.
 */
export class SelfSupervisedLoss {
  readonly name = "SelfSupervisedLoss";
  readonly loss: Loss;
  readonly symmetric: boolean;

  /** @throws TypeError when the loss compares no pairs of samples */
  constructor(loss: Loss, options?: Partial<SelfSupervisedLossOptions>) {
    this.loss = requireComparingLoss(this.name, loss, ["MarginLoss"]);
    const { symmetric } = withDefaults(options, defaults, "SelfSupervisedLoss");
    this.symmetric = checkOneOf(symmetric, "symmetric", [true, false]);
  }

  /**
   * @param embeddings n x d; @param reference the other view of the same samples, n x d
   * @throws RangeError when the views are of different shape
   */
  evaluate(embeddings: MatrixLike, reference: MatrixLike): Evaluation {
    const one = toMatrix(embeddings, "embeddings");
    const other = toMatrix(reference, "reference");
    if (one.rows !== other.rows || one.cols !== other.cols)
      throw new RangeError(
        `the views are ${one.rows} x ${one.cols} and ${other.rows} x ${other.cols}; row i of both is the same sample`,
      );
    const labels = Int32Array.from({ length: one.rows }, (_, i) => i);
    if (!this.symmetric) return this.loss.evaluate(one, labels, { reference: other, referenceLabels: labels });
    const evaluation = this.loss.evaluate(stacked(one, other), [...labels, ...labels]);
    const { data } = evaluation.gradients.embeddings;
    const half = one.data.length;
    return {
      ...evaluation,
      gradients: {
        embeddings: { ...one, data: data.slice(0, half) },
        reference: { ...other, data: data.slice(half) },
        parameters: evaluation.gradients.parameters,
      },
    };
  }
}

function stacked(one: Matrix, other: Matrix): Matrix {
  const data = new Float32Array(one.data.length + other.data.length);
  data.set(one.data);
  data.set(other.data, one.data.length);
  return { data, rows: one.rows + other.rows, cols: one.cols };
}
