import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new MeanReducer()), {
  /** The distance that negatives should exceed (similarity they should not). Default 1. */
  negMargin: number({ default: 1 }),
  /** The distance that positives should not exceed (similarity they should). Default 0. */
  posMargin: number({ default: 0 }),
});

/** Options of {@link GeneralizedLiftedStructureLoss}. */
export type GeneralizedLiftedStructureLossOptions = OptionsGiven<typeof options>;

/**
 * The farthest positives of an anchor should be closer than its nearest negatives, with soft maxima over both.
 *
 *     L_i = [ log sum_{p in P_i} e^(d_ip - posMargin) + log sum_{n in N_i} e^(negMargin - d_in) ]+
 *
 * One item an anchor; without positives, or without negatives, that logarithm counts as 0. For similarities the
 * differences turn round. Default distance LpDistance, default reducer MeanReducer.
 *
 * Source: Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification" (2017).
 */
export class GeneralizedLiftedStructureLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "GeneralizedLiftedStructureLoss",
    family: "pairs",
    summary:
      "The farthest positives of an anchor should be closer than its nearest negatives, with soft maxima over both.",
    paper: 'Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification" (2017)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "element" },
    options,
  });
  protected override readonly tupleMeaning = "set";

  protected row({ anchor, positives, negatives }: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { negMargin, posMargin } = this.options;
    const { away } = this.distance;
    const positive = logSumExp(positives, away);
    const negative = logSumExp(negatives, -away);
    const far = positives.count === 0 ? 0 : positive.log - away * posMargin;
    const near = negatives.count === 0 ? 0 : negative.log + away * negMargin;
    const loss = Math.max(0, far + near);
    const weight = reduction.weighOne(anchor, loss);
    const slope = loss > 0 ? away * weight : 0;

    // dL/dd_ip = softmax_p, dL/dd_in = -softmax_n
    if (positives.count > 0) positives.affine(slope / positive.total, 0);
    if (negatives.count > 0) negatives.affine(-slope / negative.total, 0);
  }
}
