import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import type { Comparison } from "../distances/distance.ts";
import { normsOfRows } from "../distances/normalization.ts";
import type { Workspace } from "../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "./classVectors.ts";
import type { LogitRows } from "./logitRows.ts";
import { MagnitudeLogits } from "./magnitudeLogits.ts";
import { multipleAngleMargin } from "./multipleAngleMargin.ts";
import { requireDistance } from "../distances/requireDistance.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link SphereFaceLoss}. */
export interface SphereFaceLossOptions extends SoftmaxLossOptions {
  /** What the angle to the own class is multiplied by, a whole number >= 1; 1 is no margin. Default 4. */
  readonly margin: number;
  /** What logits are multiplied by, > 0. Default 1. */
  readonly scale: number;
}

const defaults: SphereFaceLossOptions = { ...softmaxDefaults, margin: 4, scale: 1 };

/**
 * LargeMarginSoftmaxLoss with class vectors of length 1: only the embeddings' own lengths have a part.
 *
 *     L_i = -log( e^(scale |x_i| psi(theta_iy)) / (e^(scale |x_i| psi(theta_iy)) + sum_{j != y} e^(scale |x_i| cos theta_ij)) )
 *     psi(theta) = (-1)^k cos(m theta) - 2k   for theta from k pi / m to (k + 1) pi / m
 *
 * y is the class of i, m the margin. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), default
 * reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition" (CVPR 2017), equation 7.
 */
export class SphereFaceLoss extends SoftmaxLoss {
  readonly name = "SphereFaceLoss";
  readonly margin: number;
  readonly scale: number;

  constructor(options: Partial<SphereFaceLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "SphereFaceLoss");
    super(given, normalColumns("W"));
    requireDistance(this, CosineSimilarity);
    this.margin = checkNumber(given.margin, "margin", { atLeast: 1, integer: true });
    this.scale = checkNumber(given.scale, "scale", { above: 0 });
  }

  /** The class vectors, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  protected logitRows(_workspace: Workspace, sides: Comparison, embeddings: Matrix): LogitRows {
    const { p, power } = this.distance;
    const norms = p === 2 ? sides.query.norms : normsOfRows(embeddings, 2);
    const lengths = { p: 2, embeddings: norms, vectors: null };
    return new MagnitudeLogits(this.scale, multipleAngleMargin(this.margin), lengths, sides, power);
  }
}
