import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { ColumnSoftmaxLoss } from "./columnSoftmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions(new CosineSimilarity(), { only: CosineSimilarity }), {
  /** What is taken off the cosine between an embedding and its own class. Default 0.35. */
  margin: number({ default: 0.35 }),
  /** What cosines are multiplied by, > 0. Default 64. */
  scale: number({ default: 64, above: 0 }),
});

/** Options of {@link CosFaceLoss}. */
export type CosFaceLossOptions = OptionsGiven<typeof options>;

/**
 * Softmax over the cosines between an embedding and a learned vector a class, with a margin m on the cosine itself.
 *
 *     L_i = -log( e^(scale (cos theta_iy - m)) / (e^(scale (cos theta_iy - m)) + sum_{j != y} e^(scale cos theta_ij)) )
 *
 * y is the class of i. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), default reducer
 * MeanReducer. Class weights and sampled classes as in {@link ColumnSoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition" (CVPR 2018), equation 4.
 */
export class CosFaceLoss extends ColumnSoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "CosFaceLoss",
    family: "classes",
    summary: "An embedding should have a larger cosine with the vector of its class than with all others, by a margin.",
    paper: 'Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition" (CVPR 2018)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  protected logitRows(): LogitRows {
    const { margin, scale } = this.options;
    return new PlainLogits(scale, (cosine) => ({ value: cosine - margin, slope: 1 }));
  }
}
