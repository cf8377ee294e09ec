import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { flag, number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { hinge, softHinge, type TripletItem } from "../counting/tripletItems.ts";
import { TripletLoss, tripletOptions, tripletTakes } from "./tripletLoss.ts";

const options = extendOptions(tripletOptions(new LpDistance(), new AvgNonZeroReducer()), {
  /** By how much a negative should be farther away than a positive. Default 0.05. */
  margin: number({ default: 0.05 }),
  /** Whether the distance from positive to negative counts instead, where it violates the margin more. Default false. */
  swap: flag({ default: false }),
  /** log(1 + e^v) instead of [v]+. Default false. */
  smoothLoss: flag({ default: false }),
});

/** Options of {@link TripletMarginLoss}. */
export type TripletMarginLossOptions = OptionsGiven<typeof options>;

/**
 * A positive should be closer to the anchor than any negative, by a margin.
 *
 *     L_apn = [v]+ or log(1 + e^v) (smoothLoss),  v = d_ap - d_an + margin
 *
 * and with `swap` min(d_an, d_pn) instead of d_an. One item a triplet; none is listed: hinges without swap are counted by
 * sorting, others cost a step each. For similarities the difference turns round. Needs positive and negative pairs.
 * Default distance LpDistance, default reducer AvgNonZeroReducer.
 *
 * Sources: Weinberger and Saul, "Distance Metric Learning for Large Margin Nearest Neighbor Classification" (JMLR 2009);
 * swap: Balntas et al., "Learning local feature descriptors with triplets" (BMVC 2016).
 */
export class TripletMarginLoss extends TripletLoss<typeof options> {
  static readonly description = describeLoss({
    name: "TripletMarginLoss",
    family: "triplets",
    summary: "A positive should be closer to the anchor than any negative, by a margin.",
    paper:
      'Weinberger and Saul, "Distance Metric Learning for Large Margin Nearest Neighbor Classification" (JMLR 2009); swap: ' +
      'Balntas et al., "Learning local feature descriptors with triplets" (BMVC 2016)',
    takes: tripletTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "triplet" },
    options,
  });

  protected violation(d_ap: number, d_an: number): number {
    return d_ap - d_an + this.options.margin;
  }

  protected get item(): TripletItem {
    return this.options.smoothLoss ? softHinge : hinge;
  }

  protected override get isSwapped(): boolean {
    return this.options.swap;
  }
}
