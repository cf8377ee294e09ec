import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Comparison } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "../logits/classVectors.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { MagnitudeLogits, type Lengths } from "../logits/magnitudeLogits.ts";
import { multipleAngleMargin } from "../logits/multipleAngleMargin.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link LargeMarginSoftmaxLoss}. */
export interface LargeMarginSoftmaxLossOptions extends SoftmaxLossOptions {
  /** What the angle to the own class is multiplied by, a whole number >= 1; 1 is no margin. Default 4. */
  readonly margin: number;
  /** What logits are multiplied by, > 0. Default 1. */
  readonly scale: number;
}

const defaults: LargeMarginSoftmaxLossOptions = { ...softmaxDefaults, margin: 4, scale: 1 };

/**
 * Softmax over the products of embeddings and class vectors, the angle to the own class multiplied by a margin m.
 *
 *     L_i = -log( e^(scale |x_i| |w_y| psi(theta_iy)) / (e^(the same) + sum_{j != y} e^(scale |x_i| |w_j| cos theta_ij)) )
 *     psi(theta) = (-1)^k cos(m theta) - 2k   for theta from k pi / m to (k + 1) pi / m
 *
 * y is the class of i. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), whose p is that of the
 * lengths too; default reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Liu et al., "Large-Margin Softmax Loss for Convolutional Neural Networks" (ICML 2016), equations 4 to 6.
 */
export class LargeMarginSoftmaxLoss extends SoftmaxLoss {
  readonly name: string = "LargeMarginSoftmaxLoss";
  readonly margin: number;
  readonly scale: number;

  constructor(options: Partial<LargeMarginSoftmaxLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, new.target.name);
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
    const margin = multipleAngleMargin(this.margin);
    return new MagnitudeLogits(this.scale, margin, this.lengths(sides, embeddings), sides, this.distance.power);
  }

  /** The lengths that logits are multiplied by. */
  protected lengths({ query, reference }: Comparison, _embeddings: Matrix): Lengths {
    return { p: this.distance.p, embeddings: query.norms, vectors: reference.norms };
  }
}
