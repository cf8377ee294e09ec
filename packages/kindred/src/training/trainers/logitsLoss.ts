import { asPrepared } from "../../batch/preparedBatch.ts";
import type { Evaluation, Loss, LossState } from "../../losses/core/loss.ts";
import { ClassIndex } from "../../losses/logits/classIndex.ts";
import { encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";
import { rowView, zeros, type MatrixLike } from "../../matrix/matrix.ts";
import type { Loading } from "../../state/loading.ts";
import { prepareState, saveState } from "../../state/stateRecord.ts";

/**
 * Softmax cross entropy of the logits that a classifier gives, one column a class:
 *
 *     L = mean_i -log( e^(z_iy) / sum_c e^(z_ic) ),  y the class of i
 *
 * It has no parameters: those are the classifier's.
 */
export class LogitsLoss implements Loss {
  readonly name = "LogitsLoss";
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly parameters = {};
  readonly #index: ClassIndex;

  /** @param classes the label of each column */
  constructor(classes: readonly Label[]) {
    this.#index = new ClassIndex(classes.length, classes);
  }

  evaluate(logits: MatrixLike, labels: Labels): Evaluation {
    const { data, rows, cols, classes } = asPrepared(logits, labels, {});
    if (cols !== this.#index.count && rows > 0)
      throw new RangeError(
        `the classifier gives ${cols} logits a row for ${this.#index.count} classes; give it one output a class, and classes where it has more than the data`,
      );
    const targets = this.#index.of(labels, "the classifier");
    const slopes = zeros(rows, cols);
    let total = 0;
    let activeItems = 0;
    for (let i = 0; i < rows; i++) {
      const row = rowView({ data, rows, cols }, i);
      const out = rowView(slopes, i);
      const own = row[targets[i]];
      const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const exponentials = Float64Array.from(row, (logit) => Math.exp(logit - largest));
      exponentials[targets[i]] = 0;
      const rivals = exponentials.reduce((a, b) => a + b, 0);
      const sum = rivals + Math.exp(own - largest);
      const loss = own === largest ? Math.log1p(rivals) : largest - own + Math.log(sum);
      exponentials.forEach((entry, c) => (out[c] = entry / sum / rows));
      out[targets[i]] = -rivals / sum / rows;
      total += loss;
      if (loss > 0) activeItems++;
    }
    return {
      value: rows === 0 ? 0 : total / rows,
      gradients: { embeddings: slopes, parameters: {} },
      report: {
        status: rows === 0 ? "empty-batch" : activeItems === 0 ? "all-satisfied" : "learning",
        anchors: rows,
        classes: classes.length,
        positivePairs: 0,
        negativePairs: 0,
        anchorsWithoutPositives: 0,
        items: rows,
        activeItems,
      },
    };
  }

  state(): LossState {
    return saveState(this.name, {});
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, {}, state);
  }
}

/** The distinct labels of the data in order: numbers by size, words by their characters. */
export function classesOf(labels: Labels): readonly Label[] {
  const { classes } = encodeLabels(labels, "data.labels");
  return classes.toSorted((a, b) => (typeof a === typeof b ? compare(a, b) : compare(typeof a, typeof b)));
}

function compare(a: Label, b: Label): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
