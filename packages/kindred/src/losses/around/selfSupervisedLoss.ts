import type { BatchNeeds } from "../../batch/batchReport.ts";
import { openDoor } from "../../batch/door.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { stacked } from "../../matrix/stacked.ts";
import { flag } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import { keptPart } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import type { Evaluation, Loss, LossState } from "../core/loss.ts";
import { describeLoss, type LossDescription } from "../core/lossDescription.ts";
import { isServableWithoutLabels, requireServableLoss } from "./servableLoss.ts";

const options = {
  /** Whether both views are anchors, among all samples of both. Default true. */
  symmetric: flag({ default: true }),
};

/** Options of {@link SelfSupervisedLoss}. */
export type SelfSupervisedLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "none", reference: "required", tuples: "none" } as const satisfies Takes;

/**
 * A loss of two views of the same samples, without labels: row i of one view and row i of the other are a positive pair,
 * all other rows are negatives.
 *
 *     const loss = new SelfSupervisedLoss(new NTXentLoss());
 *     const { value, gradients } = loss.evaluate(view, otherView);
 *
 * Symmetric: 2n anchors among 2n samples. Otherwise the rows of the first view are anchors, those of the second references.
 */
export class SelfSupervisedLoss implements Loss {
  static readonly description = describeLoss({
    name: "SelfSupervisedLoss",
    family: "around",
    summary: "Two views of a sample are a positive pair of any loss, all other samples negatives.",
    paper: "none: the wrapped loss's",
    takes,
    needs: { positives: false, negatives: false, pairs: false },
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

  get description(): LossDescription {
    return SelfSupervisedLoss.description;
  }

  /** Each sample brings its positive along. */
  get needs(): BatchNeeds {
    return SelfSupervisedLoss.description.needs;
  }

  /** The wrapped loss's. */
  get parameters(): Readonly<Record<string, Matrix>> {
    return this.loss.parameters;
  }

  /**
   * @param embeddings n x d; @param reference the other view of the same samples, n x d; as of any loss it may stand among
   *   the columns, after labels of null
   * @throws RangeError when the views are of different shape
   */
  evaluate(embeddings: MatrixLike, reference: MatrixLike): Evaluation;
  evaluate(embeddings: MatrixLike, labels: null, columns: ColumnsOf<typeof takes>): Evaluation;
  evaluate(embeddings: MatrixLike, second: MatrixLike | Labels | null, columns?: ColumnsOf<typeof takes>): Evaluation {
    if (second === null || columns !== undefined) {
      const host = { name: this.name, takes, compares: "one view with the other" };
      const batch = openDoor(host, embeddings, second as Labels | null, columns);
      const evaluation = this.#ofViews(batch.embeddings, batch.reference!);
      return batch.learnReference ? evaluation : withoutReference(evaluation);
    }
    return this.#ofViews(toMatrix(embeddings, "embeddings"), toMatrix(second as MatrixLike, "reference"));
  }

  state(): LossState {
    return saveState(this.name, this.#record);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.#record, state);
  }

  restorePoint(): () => void {
    return restorePoint([this.loss]);
  }

  get #record(): StateRecord {
    return { loss: keptPart(this.loss) };
  }

  #ofViews(one: Matrix, other: Matrix): Evaluation {
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

function withoutReference(evaluation: Evaluation): Evaluation {
  const { embeddings, parameters } = evaluation.gradients;
  return { ...evaluation, gradients: { embeddings, parameters } };
}
