import { SNRDistance } from "../../distances/snrDistance.ts";
import { ContrastiveLoss, type ContrastiveLossOptions } from "./contrastiveLoss.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link SignalToNoiseRatioContrastiveLoss}: those of ContrastiveLoss. */
export type SignalToNoiseRatioContrastiveLossOptions = ContrastiveLossOptions;

/**
 * {@link ContrastiveLoss} over the noise-to-signal ratio of a pair: noise is what the pair differs by, the signal is the
 * anchor.
 *
 *     L = reduce( [d_ip - posMargin]+ ) + reduce( [negMargin - d_in]+ ),  d_ij = var(x_i - x_j) / var(x_i)
 *
 * Two sub-losses, `posLoss` (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself.
 * Distance SNRDistance alone, default reducer AvgNonZeroReducer.
 *
 * Source: Yuan et al., "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning" (CVPR 2019).
 */
export class SignalToNoiseRatioContrastiveLoss extends ContrastiveLoss {
  override readonly name = "SignalToNoiseRatioContrastiveLoss";

  constructor(options?: Partial<SignalToNoiseRatioContrastiveLossOptions>) {
    super(options, new SNRDistance());
    requireDistance(this, SNRDistance);
  }
}
