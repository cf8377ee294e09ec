import type { AnchorRow } from "../../batch/anchorRow.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** What similarities are divided by, > 0. Default 0.07. */
  temperature: number({ default: 0.07, above: 0 }),
});

/** Options of {@link NTXentLoss}. */
export type NTXentLossOptions = OptionsGiven<typeof options>;

/**
 * Normalized temperature-scaled cross entropy (InfoNCE): each positive against all negatives of its anchor.
 *
 *     L_ip = -log( e^(s_ip / T) / (e^(s_ip / T) + sum_{n in N_i} e^(s_in / T)) )
 *          = softplus(x_ip),  x_ip = log sum_n e^(s_in / T) - s_ip / T
 *
 * One item a positive pair. Needs positive and negative pairs in the batch. Distances that are not inverted enter
 * negated. Default distance CosineSimilarity, default reducer MeanReducer.
 *
 * Sources: Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective" (NeurIPS 2016); Chen et al., "A
 * Simple Framework for Contrastive Learning of Visual Representations" (ICML 2020).
 */
export class NTXentLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "NTXentLoss",
    family: "pairs",
    summary: "Each positive should win the softmax over itself and all negatives of its anchor.",
    paper:
      'Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective" (NeurIPS 2016); Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations" (ICML 2020)',
    takes: pairTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "pos_pair" },
    options,
  });

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses, weights } = row;
    const scale = -this.distance.away / this.options.temperature;
    const count = positives.read(values);
    const max = scale > 0 ? negatives.max() : negatives.min();
    const total = negatives.count === 0 ? 0 : negatives.expInPlace(scale, scale * max);
    const logTotal = negatives.count === 0 ? -Infinity : scale * max + Math.log(total);
    for (let k = 0; k < count; k++) {
      values[k] = logTotal - scale * values[k];
      losses[k] = softplus(values[k]);
    }
    row.weighPositives(reduction);

    // dL_ip/ds_ip = -scale sigmoid(x_ip), dL_ip/ds_in = scale sigmoid(x_ip) softmax_n
    let pull = 0;
    for (let k = 0; k < count; k++) {
      const slope = scale * weights[k] * sigmoid(values[k]);
      values[k] = -slope;
      pull += slope;
    }
    positives.write(values);
    if (total > 0) negatives.affine(pull / total, 0);
  }
}
