import type { AnchorRow } from "../../batch/anchorRow.ts";
import { SNRDistance } from "../../distances/snrDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { takePairHinges } from "../counting/pairHinges.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions(new SNRDistance(), new AvgNonZeroReducer(), { only: SNRDistance }), {
  /** The distance below which a positive pair costs nothing. Default 0. */
  posMargin: number({ default: 0 }),
  /** The distance above which a negative pair costs nothing. Default 1. */
  negMargin: number({ default: 1 }),
});

/** Options of {@link SignalToNoiseRatioContrastiveLoss}. */
export type SignalToNoiseRatioContrastiveLossOptions = OptionsGiven<typeof options>;

/**
 * ContrastiveLoss over the noise-to-signal ratio of a pair: noise is what the pair differs by, the signal is the
 * anchor.
 *
 *     L = reduce( [d_ip - posMargin]+ ) + reduce( [negMargin - d_in]+ ),  d_ij = var(x_i - x_j) / var(x_i)
 *
 * Two sub-losses, `posLoss` (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself.
 * Distance SNRDistance alone, default reducer AvgNonZeroReducer.
 *
 * Source: Yuan et al., "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning" (CVPR 2019).
 */
export class SignalToNoiseRatioContrastiveLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "SignalToNoiseRatioContrastiveLoss",
    family: "pairs",
    summary: "ContrastiveLoss over the noise-to-signal ratio of a pair.",
    paper: 'Yuan et al., "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning" (CVPR 2019)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { posLoss: "pos_pair", negLoss: "neg_pair" },
    options,
  });

  protected row(row: AnchorRow, [posReduction, negReduction]: readonly Reduction[]): void {
    const { posMargin, negMargin } = this.options;
    // [d_ip - posMargin]+ and [negMargin - d_in]+
    takePairHinges(row, row.positives, { sign: 1, margin: posMargin }, posReduction);
    takePairHinges(row, row.negatives, { sign: -1, margin: negMargin }, negReduction);
  }
}
