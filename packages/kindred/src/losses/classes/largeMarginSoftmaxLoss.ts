import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Comparison } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss, type LossDescription } from "../core/lossDescription.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { MagnitudeLogits, type Lengths } from "../logits/magnitudeLogits.ts";
import { multipleAngleMargin } from "../logits/multipleAngleMargin.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { ColumnSoftmaxLoss } from "./columnSoftmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions(new CosineSimilarity(), { only: CosineSimilarity }), {
  /** What the angle to the own class is multiplied by, a whole number from 1 to 1000; 1 is no margin. Default 4. */
  margin: wholeNumber({ default: 4, atLeast: 1, atMost: 1000 }),
  /** What logits are multiplied by, > 0. Default 1. */
  scale: number({ default: 1, above: 0 }),
});

/** Options of {@link LargeMarginSoftmaxLoss}. */
export type LargeMarginSoftmaxLossOptions = OptionsGiven<typeof options>;

/**
 * Softmax over the products of embeddings and class vectors, the angle to the own class multiplied by a margin m.
 *
 *     L_i = -log( e^(scale |x_i| |w_y| psi(theta_iy)) / (e^(the same) + sum_{j != y} e^(scale |x_i| |w_j| cos theta_ij)) )
 *     psi(theta) = (-1)^k cos(m theta) - 2k   for theta from k pi / m to (k + 1) pi / m
 *
 * y is the class of i. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), whose p is that of the
 * lengths too; default reducer MeanReducer. Class weights and sampled classes as in {@link ColumnSoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Liu et al., "Large-Margin Softmax Loss for Convolutional Neural Networks" (ICML 2016), equations 4 to 6.
 */
export class LargeMarginSoftmaxLoss extends ColumnSoftmaxLoss<typeof options> {
  static readonly description = describeLoss<typeof options, Omit<LossDescription<typeof options>, "kind">>({
    name: "LargeMarginSoftmaxLoss",
    family: "classes",
    summary:
      "The product of an embedding with the vector of its class should be the largest even when their angle is multiplied.",
    paper: 'Liu et al., "Large-Margin Softmax Loss for Convolutional Neural Networks" (ICML 2016)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  protected logitRows(_workspace: Workspace, sides: Comparison, embeddings: Matrix): LogitRows {
    const { margin, scale } = this.options;
    const lengths = this.lengths(sides, embeddings);
    return new MagnitudeLogits(scale, multipleAngleMargin(margin), lengths, sides, this.distance.power);
  }

  /** The lengths that logits are multiplied by. */
  protected lengths({ query, reference }: Comparison, _embeddings: Matrix): Lengths {
    return { p: this.distance.p, embeddings: query.norms, vectors: reference.norms };
  }
}
