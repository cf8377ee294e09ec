import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { arcMargin } from "../logits/arcMargin.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { ColumnSoftmaxLoss } from "./columnSoftmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions(new CosineSimilarity(), { only: CosineSimilarity }), {
  /** The angle added to that between an embedding and its own class, in degrees from 0 to 180. Default 28.6. */
  margin: number({ default: 28.6, atLeast: 0, atMost: 180 }),
  /** What cosines are multiplied by, > 0. Default 64. */
  scale: number({ default: 64, above: 0 }),
});

/** Options of {@link ArcFaceLoss}. */
export type ArcFaceLossOptions = OptionsGiven<typeof options>;

/**
 * Softmax over the cosines between an embedding and a learned vector a class, with an angular margin m.
 *
 *     L_i = -log( e^(scale t_i) / (e^(scale t_i) + sum_{j != y_i} e^(scale cos theta_ij)) )
 *     t_i = cos(theta + m)        for theta <= pi - m, theta being the angle to the embedding's own class
 *         = cos theta - m sin m   beyond, so that t falls all the way
 *
 * One item an anchor. Needs no pairs. The slope of the margin, which has a pole where an embedding lies on its class
 * vector, is bounded. Distance CosineSimilarity (no other), default reducer MeanReducer. Class weights and sampled classes
 * as in {@link ColumnSoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses), one column a class, drawn from a normal distribution.
 *
 * Source: Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (CVPR 2019).
 */
export class ArcFaceLoss extends ColumnSoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "ArcFaceLoss",
    family: "classes",
    summary:
      "An embedding should be closer in angle to the vector of its class than to all others, by an angular margin.",
    paper: 'Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (CVPR 2019)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  protected logitRows(): LogitRows {
    const { margin, scale } = this.options;
    return new PlainLogits(scale, arcMargin((margin * Math.PI) / 180));
  }
}
