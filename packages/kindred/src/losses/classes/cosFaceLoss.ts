import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "../logits/classVectors.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link CosFaceLoss}. */
export interface CosFaceLossOptions extends SoftmaxLossOptions {
  /** What is taken off the cosine between an embedding and its own class. Default 0.35. */
  readonly margin: number;
  /** What cosines are multiplied by, > 0. Default 64. */
  readonly scale: number;
}

const defaults: CosFaceLossOptions = { ...softmaxDefaults, margin: 0.35, scale: 64 };

/**
 * Softmax over the cosines between an embedding and a learned vector a class, with a margin m on the cosine itself.
 *
 *     L_i = -log( e^(scale (cos theta_iy - m)) / (e^(scale (cos theta_iy - m)) + sum_{j != y} e^(scale cos theta_ij)) )
 *
 * y is the class of i. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), default reducer
 * MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition" (CVPR 2018), equation 4.
 */
export class CosFaceLoss extends SoftmaxLoss {
  readonly name = "CosFaceLoss";
  readonly margin: number;
  readonly scale: number;

  constructor(options: Partial<CosFaceLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "CosFaceLoss");
    super(given, normalColumns("W"));
    requireDistance(this, CosineSimilarity);
    this.margin = checkNumber(given.margin, "margin");
    this.scale = checkNumber(given.scale, "scale", { above: 0 });
  }

  /** The class vectors, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  protected logitRows(): LogitRows {
    return new PlainLogits(this.scale, (cosine) => ({ value: cosine - this.margin, slope: 1 }));
  }
}
