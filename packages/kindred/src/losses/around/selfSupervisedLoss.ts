import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { flag } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import type { Evaluation, Loss } from "../core/loss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { isServableWithoutLabels, requireServableLoss } from "./servableLoss.ts";

const options = {
  /** Whether both views are anchors, among all samples of both. Default true. */
  symmetric: flag({ default: true }),
};

/** Options of {@link SelfSupervisedLoss}. */
export type SelfSupervisedLossOptions = OptionsGiven<typeof options>;

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
  static readonly description = describeLoss({
    name: "SelfSupervisedLoss",
    family: "around",
    summary: "Two views of a sample are a positive pair of any loss, all other samples negatives.",
    paper: "none: the wrapped loss's",
    takes: { labels: "none", reference: "required", tuples: "none" },
    needs: { positives: false, negatives: false },
    subLosses: {},
    options,
    wraps: "loss",
  });
  readonly name = "SelfSupervisedLoss";
  readonly loss: Loss;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<typeof options>;

  /** @throws TypeError when the loss compares no pairs of samples */
  constructor(loss: Loss, given?: SelfSupervisedLossOptions) {
    this.loss = requireServableLoss(this.name, loss, isServableWithoutLabels);
    this.options = readOptions(options, given, this.name);
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
    if (!this.options.symmetric) return this.loss.evaluate(one, labels, { reference: other, referenceLabels: labels });
    const evaluation = this.loss.evaluate(stacked(one, other), [...labels, ...labels]);
    const { data } = evaluation.gradients.embeddings;
    const half = one.data.length;
    return {
      ...evaluation,
      gradients: {
        embeddings: { rows: one.rows, cols: one.cols, data: data.slice(0, half) },
        reference: { rows: other.rows, cols: other.cols, data: data.slice(half) },
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
