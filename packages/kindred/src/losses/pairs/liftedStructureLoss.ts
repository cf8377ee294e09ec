import type { AnchorRow } from "../../batch/anchorRow.ts";
import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { NegativesAtEnds } from "../items/negativesAtEnds.ts";
import { pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new MeanReducer()), {
  /** The distance that negatives should exceed (similarity they should not). Default 1. */
  negMargin: number({ default: 1 }),
  /** The distance that positives should not exceed (similarity they should). Default 0. */
  posMargin: number({ default: 0 }),
});

/** Options of {@link LiftedStructureLoss}. */
export type LiftedStructureLossOptions = OptionsGiven<typeof options>;

/**
 * A positive pair should be closer than the negatives nearest to either of its ends, with a soft maximum over those.
 *
 *     L_ap = 1/2 [ log( sum_{n in N_a} e^(negMargin - d_an) + sum_{n in N_p} e^(negMargin - d_pn) ) + d_ap - posMargin ]+^2
 *
 * One item a positive pair; where neither end has negatives the logarithm counts as 0. Needs positive and negative pairs
 * in the batch. With a reference the negatives of p are the anchors that form a negative pair with it, at their distance
 * d_np. For similarities the differences turn round. Default distance LpDistance, default reducer MeanReducer.
 *
 * The sums are kept for each sample, not for each pair: the rows are formed three times, for the sums, for what the items
 * pull at them, and for the slopes.
 *
 * Source: Oh Song et al., "Deep Metric Learning via Lifted Structured Feature Embedding" (CVPR 2016).
 */
export class LiftedStructureLoss extends ComparingLoss<typeof options, typeof pairTakes> {
  static readonly description = describeLoss({
    name: "LiftedStructureLoss",
    family: "pairs",
    summary:
      "A positive pair should be closer than the negatives nearest to either of its ends, with a soft maximum over those.",
    paper: 'Oh Song et al., "Deep Metric Learning via Lifted Structured Feature Embedding" (CVPR 2016)',
    takes: pairTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "pos_pair" },
    options,
  });

  /** Hands the items of an anchor to the reduction; `values` holds d loss / d x of each, L = [x]+^2 / 2. */
  #items(row: AnchorRow, negatives: NegativesAtEnds, reduction: Reduction): void {
    const { anchor, positives, values, losses, weights } = row;
    const { negMargin, posMargin } = this.options;
    const { away } = this.distance;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) {
      const log = negatives.log(anchor, positives.reference(k));
      const near = log === -Infinity ? 0 : log + away * negMargin;
      values[k] = Math.max(0, near + away * (values[k] - posMargin));
      losses[k] = values[k] ** 2 / 2;
    }
    row.weighPositives(reduction);
    for (let k = 0; k < count; k++) values[k] *= weights[k];
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, labels } = batch;
    const { away } = this.distance;
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const negatives = new NegativesAtEnds(away === 1 ? -1 : 1, embeddings.rows, reference?.rows ?? null);
      rows.forEach((row) => negatives.add(row));

      const reduction = this.begin("loss", labels);
      rows.forEach((row) => {
        const { anchor, positives, values } = row;
        this.#items(row, negatives, reduction);
        for (let k = 0; k < positives.count; k++) negatives.pull(anchor, positives.reference(k), values[k]);
      });

      const again = this.begin("loss", labels);
      rows.pullBack((row) => {
        const { positives, values } = row;
        this.#items(row, negatives, again);
        for (let k = 0; k < positives.count; k++) values[k] *= away;
        positives.write(values);
        negatives.writeSlopes(row);
      });
      const result = reduction.result();
      return {
        ...this.total([reduction], [result]),
        ...pullGradients(rows.sides, embeddings, reference, result.scale),
      };
    });
  }
}
