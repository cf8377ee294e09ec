import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { rowView, zerosLike, type Matrix } from "../../matrix/matrix.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { SumReducer } from "../../reducers/sumReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";

const options = regularizedOptions(new SumReducer());

/** Options of {@link ContrastiveTensionLoss}. */
export type ContrastiveTensionLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "alike", reference: "required", tuples: "none" } as const satisfies Takes;

/**
 * Two models of the same texts, judged pair by pair: the product of what they make of the same text should be high, of different
 * texts low. It is the binary cross entropy of products of rows.
 *
 *     L_i = log(1 + e^-z_i)  where row i of both sides is of the same text (label 1),
 *           log(1 + e^z_i)   where it is not (label 0);  z_i = x_i . y_i
 *
 * In place of labels it takes 1 and 0, one a row of embeddings and reference. Nothing is normalized, and it takes no distance.
 * {@link MultipleNegativesRankingLoss} with `learnScale`, in both directions, is what the same authors' models learn from when all
 * other rows of the batch are negatives. One item a row. Default reducer SumReducer. Time n d.
 *
 *     new ContrastiveTensionLoss().evaluate(ofOneModel, [1, 0, 0, 1], { reference: ofTheOther });
 *
 * Source: Carlsson et al., "Semantic Re-tuning with Contrastive Tension" (ICLR 2021).
 */
export class ContrastiveTensionLoss extends MetricLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "ContrastiveTensionLoss",
    family: "views",
    summary: "The product of two rows should be high where they are of the same text, and low where they are not.",
    paper: 'Carlsson et al., "Semantic Re-tuning with Contrastive Tension" (ICLR 2021)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });

  protected compute({ embeddings, reference, scores }: Batch): Computed {
    const reduction = this.begin("loss", null);
    const slopes = Float64Array.from({ length: embeddings.rows }, (_, i) => {
      // the sign of what should be below 0
      const sign = scores![i] === 1 ? -1 : 1;
      const logit = sign * product(rowView(embeddings, i), rowView(reference!, i));
      return sign * sigmoid(logit) * reduction.weighOne(i, softplus(logit));
    });
    const reduced = reduction.result();
    for (let i = 0; i < slopes.length; i++) slopes[i] *= reduced.scale;
    return {
      ...this.total([reduction], [reduced]),
      embeddings: timesRows(reference!, slopes),
      reference: timesRows(embeddings, slopes),
    };
  }
}

function product(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}

/** Row i times factor i. */
function timesRows(matrix: Matrix, factors: Float64Array): Matrix {
  const out = zerosLike(matrix);
  for (let i = 0; i < matrix.rows; i++)
    for (let k = i * matrix.cols; k < (i + 1) * matrix.cols; k++) out.data[k] = factors[i] * matrix.data[k];
  return out;
}
