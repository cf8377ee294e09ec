import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { SquaredExcess } from "../items/squaredExcess.ts";
import { pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** By which share of their mean positives may be worse than it. Default 0.01. */
  posEps: number({ default: 0.01 }),
  /** The same for negatives. Default 0.01. */
  negEps: number({ default: 0.01 }),
});

/** Options of {@link IntraPairVarianceLoss}. */
export type IntraPairVarianceLossOptions = OptionsGiven<typeof options>;

/**
 * Pairs of a kind should be as close as their mean, or better: the spread of positives and of negatives is made smaller.
 *
 *     L = reduce( [(1 - posEps) mean(s_pos) - s_ip]+^2 ) + reduce( [s_in - (1 + negEps) mean(s_neg)]+^2 )
 *
 * The means are over all positive and over all negative pairs, and the slopes go through them. Two sub-losses, `posLoss`
 * (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself. For distances the roles turn
 * round: [d_ip - (1 + posEps) mean]+ and [(1 - negEps) mean - d_in]+. Default distance CosineSimilarity, default reducer
 * MeanReducer. Meant to stand beside another loss; the source combines it with TupletMarginLoss.
 *
 * Source: Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss" (ICCV 2019).
 */
export class IntraPairVarianceLoss extends ComparingLoss<typeof options, typeof pairTakes> {
  static readonly description = describeLoss({
    name: "IntraPairVarianceLoss",
    family: "pairs",
    summary: "Pairs of a kind should be as close as their mean, or better.",
    paper: 'Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss" (ICCV 2019)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { posLoss: "pos_pair", negLoss: "neg_pair" },
    options,
  });

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, labels } = batch;
    const { posEps, negEps } = this.options;
    const { away } = this.distance;
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const excesses = [
        // [away (d_ip - (1 + away posEps) mean)]+^2 and [-away (d_in - (1 - away negEps) mean)]+^2
        new SquaredExcess("positives", away, 1 + away * posEps),
        new SquaredExcess("negatives", -away, 1 - away * negEps),
      ];
      const begin = (): Reduction[] => this.subLossNames.map((name) => this.begin(name, labels));
      rows.forEach((row) => {
        for (const excess of excesses) excess.addToMean(row);
      });
      const reductions = begin();
      rows.forEach((row) => {
        excesses.forEach((excess, k) => {
          excess.takeItems(row, reductions[k]);
        });
      });
      const results = reductions.map((reduction) => reduction.result());
      const again = begin();
      rows.pullBack((row) => {
        excesses.forEach((excess, k) => {
          excess.writeSlopes(row, again[k], results[k].scale);
        });
      });
      return { ...this.total(reductions, results), ...pullGradients(rows.sides, embeddings, reference, 1) };
    });
  }
}
