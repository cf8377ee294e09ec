import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { takePairHinges } from "../counting/pairHinges.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new AvgNonZeroReducer()), {
  /** The distance below which (similarity above which) a positive pair costs nothing. Default 0; for similarities use 1. */
  posMargin: number({ default: 0 }),
  /** The distance above which (similarity below which) a negative pair costs nothing. Default 1; for similarities use 0. */
  negMargin: number({ default: 1 }),
});

/** Options of {@link ContrastiveLoss}. */
export type ContrastiveLossOptions = OptionsGiven<typeof options>;

/**
 * Positives are pulled within one margin, negatives pushed beyond another.
 *
 *     L = reduce( [d_ip - posMargin]+ ) + reduce( [negMargin - d_in]+ )
 *
 * Two sub-losses, `posLoss` (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself. For
 * similarities the differences turn round. Default distance LpDistance, default reducer AvgNonZeroReducer.
 *
 * Source: Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping" (CVPR 2006).
 */
export class ContrastiveLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "ContrastiveLoss",
    family: "pairs",
    summary: "Positives are pulled within one margin, negatives pushed beyond another.",
    paper: 'Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping" (CVPR 2006)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { posLoss: "pos_pair", negLoss: "neg_pair" },
    options,
  });

  protected row(row: AnchorRow, [posReduction, negReduction]: readonly Reduction[]): void {
    const { posMargin, negMargin } = this.options;
    const { away } = this.distance;
    // [d_ip - posMargin]+ and [negMargin - d_in]+
    takePairHinges(row, row.positives, { sign: away, margin: posMargin }, posReduction);
    takePairHinges(row, row.negatives, { sign: away === 1 ? -1 : 1, margin: negMargin }, negReduction);
  }
}
