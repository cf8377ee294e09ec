import type { Comparison } from "../../distances/distance.ts";
import { normsOfRows } from "../../distances/forms/normalization.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Lengths } from "../logits/magnitudeLogits.ts";
import { LargeMarginSoftmaxLoss, type LargeMarginSoftmaxLossOptions } from "./largeMarginSoftmaxLoss.ts";

/** Options of {@link SphereFaceLoss}: those of {@link LargeMarginSoftmaxLoss}. */
export type SphereFaceLossOptions = LargeMarginSoftmaxLossOptions;

/**
 * LargeMarginSoftmaxLoss with class vectors of length 1: only the embeddings' own lengths have a part.
 *
 *     L_i = -log( e^(scale |x_i| psi(theta_iy)) / (e^(scale |x_i| psi(theta_iy)) + sum_{j != y} e^(scale |x_i| cos theta_ij)) )
 *     psi(theta) = (-1)^k cos(m theta) - 2k   for theta from k pi / m to (k + 1) pi / m
 *
 * y is the class of i, m the margin. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), default
 * reducer MeanReducer. Class weights and sampled classes as in {@link LargeMarginSoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition" (CVPR 2017), equation 7.
 */
export class SphereFaceLoss extends LargeMarginSoftmaxLoss {
  static override readonly description = describeLoss({
    ...LargeMarginSoftmaxLoss.description,
    name: "SphereFaceLoss",
    summary:
      "The cosine of an embedding with the vector of its class should be the largest even when their angle is multiplied.",
    paper: 'Liu et al., "SphereFace: Deep Hypersphere Embedding for Face Recognition" (CVPR 2017)',
  });

  protected override lengths({ query }: Comparison, embeddings: Matrix): Lengths {
    const norms = this.distance.p === 2 ? query.norms : normsOfRows(embeddings, 2);
    return { p: 2, embeddings: norms, vectors: null };
  }
}
