import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { arcMargin } from "../logits/arcMargin.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "../logits/classVectors.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link ArcFaceLoss}. */
export interface ArcFaceLossOptions extends SoftmaxLossOptions {
  /** The angle added to that between an embedding and its own class, in degrees. Default 28.6. */
  readonly margin: number;
  /** What cosines are multiplied by, > 0. Default 64. */
  readonly scale: number;
}

const defaults: ArcFaceLossOptions = { ...softmaxDefaults, margin: 28.6, scale: 64 };

/**
 * Softmax over the cosines between an embedding and a learned vector a class, with an angular margin m.
 *
 *     L_i = -log( e^(scale t_i) / (e^(scale t_i) + sum_{j != y_i} e^(scale cos theta_ij)) )
 *     t_i = cos(theta + m)        for theta <= pi - m, theta being the angle to the embedding's own class
 *         = cos theta - m sin m   beyond, so that t falls all the way
 *
 * One item an anchor. Needs no pairs. The slope of the margin, which has a pole where an embedding lies on its class
 * vector, is bounded. Distance CosineSimilarity (no other), default reducer MeanReducer. Class weights and sampled classes
 * as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (CVPR 2019).
 */
export class ArcFaceLoss extends SoftmaxLoss {
  readonly name = "ArcFaceLoss";
  /** In radians. */
  readonly margin: number;
  readonly scale: number;

  constructor(options: Partial<ArcFaceLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "ArcFaceLoss");
    super(given, normalColumns("W"));
    requireDistance(this, CosineSimilarity);
    this.margin = (checkNumber(given.margin, "margin", { atLeast: 0, atMost: 180 }) * Math.PI) / 180;
    this.scale = checkNumber(given.scale, "scale", { above: 0 });
  }

  /** The class vectors, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  protected logitRows(): LogitRows {
    return new PlainLogits(this.scale, arcMargin(this.margin));
  }
}
