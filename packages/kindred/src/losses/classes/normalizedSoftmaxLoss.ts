import type { Distance } from "../../distances/distance.ts";
import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { normalizeRows, pullThroughNormalizedRows } from "../../distances/forms/normalization.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { ColumnSoftmaxLoss } from "./columnSoftmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions<Distance>(new DotProductSimilarity()), {
  /** What similarities are divided by, > 0. Default 0.05. */
  temperature: number({ default: 0.05, above: 0 }),
});

/** Options of {@link NormalizedSoftmaxLoss}. */
export type NormalizedSoftmaxLossOptions = OptionsGiven<typeof options>;

/**
 * Softmax over the similarities between an embedding and a normalized learned vector a class.
 *
 *     L_i = -log( e^(s_iy / T) / sum_j e^(s_ij / T) ),  s_ij = x_i . w_j / |w_j|
 *
 * y is the class of i, T the temperature. Class vectors are always normalized, embeddings when the distance says so.
 * Distances that are not inverted enter negated. One item an anchor. Needs no pairs. Default distance
 * DotProductSimilarity, default reducer MeanReducer. Class weights and sampled classes as in {@link ColumnSoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Zhai and Wu, "Classification is a Strong Baseline for Deep Metric Learning" (BMVC 2019), equation 2.
 */
export class NormalizedSoftmaxLoss extends ColumnSoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "NormalizedSoftmaxLoss",
    family: "classes",
    summary: "An embedding should be more similar to the normalized vector of its class than to all others.",
    paper: 'Zhai and Wu, "Classification is a Strong Baseline for Deep Metric Learning" (BMVC 2019)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  protected logitRows(): LogitRows {
    return new PlainLogits(-this.distance.away / this.options.temperature);
  }

  /** A distance that normalizes does so with the class vectors as well. */
  protected override prepareVectors(vectors: Matrix): Matrix {
    return this.distance.normalizeEmbeddings ? vectors : normalizeRows(vectors, this.distance.p);
  }

  protected override pullVectors(vectors: Matrix, slopes: Matrix): Matrix {
    return this.distance.normalizeEmbeddings ? slopes : pullThroughNormalizedRows(vectors, slopes, this.distance.p);
  }
}
