import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Takes } from "../../batch/takes.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { PairLoss } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new LpDistance({ power: 2 }), new MeanReducer()), {
  /** What distances are multiplied by in the exponent, > 0. Default 1. */
  softmaxScale: number({ default: 1, above: 0 }),
});

const takes = { labels: "required", reference: "any", tuples: "weights" } as const satisfies Takes;

/** Options of {@link NCALoss}. */
export type NCALossOptions = OptionsGiven<typeof options>;

/**
 * Neighbourhood components analysis: a neighbour drawn at random, nearer ones more likely, should be of the anchor's class.
 *
 *     L_i = -log( sum_{p in P_i} e^(-a d_ip) / sum_{j in P_i and N_i} e^(-a d_ij) ),  a = softmaxScale
 *
 * One item an anchor that has positives. Needs labels, and positive and negative pairs in the batch. Tuples do not choose
 * pairs: they weigh each anchor by how often it stands in them (1 for the most frequent sample). Similarities enter
 * without the minus. Default distance LpDistance with power 2, default reducer MeanReducer.
 *
 * Source: Goldberger et al., "Neighbourhood Components Analysis" (NIPS 2004).
 */
export class NCALoss extends PairLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "NCALoss",
    family: "pairs",
    summary: "A neighbour drawn at random, nearer ones more likely, should be of the anchor's class.",
    paper: 'Goldberger et al., "Neighbourhood Components Analysis" (NIPS 2004)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "element" },
    options,
  });

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives } = row;
    if (positives.count === 0) {
      row.clear();
      return;
    }
    const scale = -this.distance.away * this.options.softmaxScale;
    const positive = logSumExp(positives, scale);
    const negative = logSumExp(negatives, scale);
    const odds = negative.log - positive.log;
    const weight = row.weight * reduction.weighOne(anchor, row.weight * softplus(odds));

    // L_i = softplus(odds): dL/dx_n = scale sigmoid softmax_n, dL/dx_p = -scale sigmoid softmax_p, each over its own side
    const slope = scale * weight * sigmoid(odds);
    positives.affine(-slope / positive.total, 0);
    if (negatives.count > 0) negatives.affine(slope / negative.total, 0);
  }
}
