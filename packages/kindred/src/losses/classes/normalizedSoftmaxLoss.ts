import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { normalizeRows, pullThroughNormalizedRows } from "../../distances/forms/normalization.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "../logits/classVectors.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link NormalizedSoftmaxLoss}. */
export interface NormalizedSoftmaxLossOptions extends SoftmaxLossOptions {
  /** What similarities are divided by, > 0. Default 0.05. */
  readonly temperature: number;
}

const defaults: NormalizedSoftmaxLossOptions = { ...softmaxDefaults, temperature: 0.05 };

/**
 * Softmax over the similarities between an embedding and a normalized learned vector a class.
 *
 *     L_i = -log( e^(s_iy / T) / sum_j e^(s_ij / T) ),  s_ij = x_i . w_j / |w_j|
 *
 * y is the class of i, T the temperature. Class vectors are always normalized, embeddings when the distance says so.
 * Distances that are not inverted enter negated. One item an anchor. Needs no pairs. Default distance
 * DotProductSimilarity, default reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Zhai and Wu, "Classification is a Strong Baseline for Deep Metric Learning" (BMVC 2019), equation 2.
 */
export class NormalizedSoftmaxLoss extends SoftmaxLoss {
  readonly name = "NormalizedSoftmaxLoss";
  readonly temperature: number;

  constructor(options: Partial<NormalizedSoftmaxLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "NormalizedSoftmaxLoss");
    super(given, normalColumns("W"), new DotProductSimilarity());
    this.temperature = checkNumber(given.temperature, "temperature", { above: 0 });
  }

  /** The class vectors, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  protected logitRows(): LogitRows {
    return new PlainLogits((this.distance.isInverted ? 1 : -1) / this.temperature);
  }

  /** A distance that normalizes does so with the class vectors as well. */
  protected override prepareVectors(vectors: Matrix): Matrix {
    return this.distance.normalizeEmbeddings ? vectors : normalizeRows(vectors, this.distance.p);
  }

  protected override pullVectors(vectors: Matrix, slopes: Matrix): Matrix {
    return this.distance.normalizeEmbeddings ? slopes : pullThroughNormalizedRows(vectors, slopes, this.distance.p);
  }
}
