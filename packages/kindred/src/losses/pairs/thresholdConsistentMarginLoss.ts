import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { HardPairs } from "../items/hardPairs.ts";
import { pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions(new CosineSimilarity(), new MeanReducer(), { only: CosineSimilarity }), {
  /** What the positives' part is multiplied by. Default 1. */
  lambdaPlus: number({ default: 1 }),
  /** What the negatives' part is multiplied by. Default 1. */
  lambdaMinus: number({ default: 1 }),
  /** Positives of at most this similarity count. Default 0.9. */
  marginPlus: number({ default: 0.9 }),
  /** Negatives of at least this similarity count. Default 0.5. */
  marginMinus: number({ default: 0.5 }),
});

/** Options of {@link ThresholdConsistentMarginLoss}. */
export type ThresholdConsistentMarginLossOptions = OptionsGiven<typeof options>;

/**
 * Hard positives and hard negatives of every class should lie at the same similarities, so that one threshold suits all.
 *
 *     L = lambdaPlus mean_{s_ip <= marginPlus} (marginPlus - s_ip) + lambdaMinus mean_{s_in >= marginMinus} (s_in - marginMinus)
 *
 * The means are over the hard pairs of the whole batch, 0 of none, and no reducer is needed. Learns from positives or
 * negatives alone. Distance CosineSimilarity alone. Meant to stand beside another loss.
 *
 * Source: Zhang et al., "Threshold-Consistent Margin Loss for Open-World Deep Metric Learning" (ICLR 2024).
 */
export class ThresholdConsistentMarginLoss extends ComparingLoss<typeof options, typeof pairTakes> {
  static readonly description = describeLoss({
    name: "ThresholdConsistentMarginLoss",
    family: "pairs",
    summary: "Hard positives and hard negatives of every class should lie at the same similarities.",
    paper: 'Zhang et al., "Threshold-Consistent Margin Loss for Open-World Deep Metric Learning" (ICLR 2024)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "number" },
    options,
  });

  protected compute(batch: Batch): Computed {
    const { embeddings, reference } = batch;
    const { lambdaPlus, lambdaMinus, marginPlus, marginMinus } = this.options;
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const positive = new HardPairs("positives", -1, marginPlus);
      const negative = new HardPairs("negatives", 1, marginMinus);
      rows.forEach((row) => {
        positive.add(row);
        negative.add(row);
      });
      rows.pullBack((row) => {
        positive.writeSlopes(row, lambdaPlus);
        negative.writeSlopes(row, lambdaMinus);
      });
      return alreadyReduced(this.reducer, {
        value: lambdaPlus * positive.mean + lambdaMinus * negative.mean,
        items: positive.items + negative.items,
        activeItems: positive.activeItems + negative.activeItems,
        ...pullGradients(rows.sides, embeddings, reference, 1),
      });
    });
  }
}
