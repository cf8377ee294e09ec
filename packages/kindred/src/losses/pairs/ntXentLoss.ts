import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** Options of {@link NTXentLoss}. */
export interface NTXentLossOptions extends MetricLossOptions {
  /** What similarities are divided by, > 0. Default 0.07. */
  readonly temperature: number;
}

const defaults: NTXentLossOptions = { ...metricLossDefaults, temperature: 0.07 };

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
export class NTXentLoss extends PairLoss {
  readonly name = "NTXentLoss";
  readonly needs = { positives: true, negatives: true };
  readonly temperature: number;
  protected readonly itemKinds = ["pos_pair"] as const;

  constructor(options?: Partial<NTXentLossOptions>) {
    const given = withDefaults(options, defaults, "NTXentLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    this.temperature = checkNumber(given.temperature, "temperature", { above: 0 });
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses, weights } = row;
    const scale = (this.distance.isInverted ? 1 : -1) / this.temperature;
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
