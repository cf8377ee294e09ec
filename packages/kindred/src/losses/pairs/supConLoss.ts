import type { AnchorRow } from "../../batch/anchorRow.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new AvgNonZeroReducer()), {
  /** What similarities are divided by, > 0. Default 0.1. */
  temperature: number({ default: 0.1, above: 0 }),
});

/** Options of {@link SupConLoss}. */
export type SupConLossOptions = OptionsGiven<typeof options>;

/**
 * Supervised contrastive loss: every positive should win the softmax over all of the anchor's pairs.
 *
 *     L_i = -1/|P_i| sum_{p in P_i} log( e^(s_ip / T) / sum_{j in P_i and N_i} e^(s_ij / T) )
 *
 * One item an anchor; an anchor without positives has loss 0. Needs positive and negative pairs in the batch. Distances
 * that are not inverted enter negated. Default distance CosineSimilarity, default reducer AvgNonZeroReducer.
 *
 * ```ts
 * const loss = new SupConLoss({ temperature: 0.1 });
 * const { value, gradients, report } = loss.evaluate([[1, 0], [0.8, 0.6], [0, 1]], ["a", "a", "b"]);
 * ```
 *
 * Source: Khosla et al., "Supervised Contrastive Learning" (NeurIPS 2020), equation 2.
 */
export class SupConLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "SupConLoss",
    family: "pairs",
    summary: "Every positive should win the softmax over all of the anchor's pairs.",
    paper: 'Khosla et al., "Supervised Contrastive Learning" (NeurIPS 2020)',
    takes: pairTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "element" },
    options,
  });
  protected override readonly tupleMeaning = "partition";

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives } = row;
    const count = positives.count;
    // without a rival a positive wins with certainty: exactly 0, which rounding must not turn into an active item
    if (count === 0 || (count === 1 && negatives.count === 0)) {
      reduction.weighOne(anchor, 0);
      row.clear();
      return;
    }
    const scale = -this.distance.away / this.options.temperature;
    const max = scale > 0 ? Math.max(positives.max(), negatives.max()) : Math.min(positives.min(), negatives.min());
    const meanPositive = (scale * positives.sum()) / count;
    const total = positives.expInPlace(scale, scale * max) + negatives.expInPlace(scale, scale * max);
    const loss = scale * max + Math.log(total) - meanPositive;

    // dL/ds_j = scale (softmax_j - [j positive] / count)
    const slope = reduction.weighOne(anchor, loss) * scale;
    positives.affine(slope / total, -slope / count);
    negatives.affine(slope / total, 0);
  }
}
