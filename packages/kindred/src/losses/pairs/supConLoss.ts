import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reducer.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** Options of {@link SupConLoss}. */
export interface SupConLossOptions extends MetricLossOptions {
  /** What similarities are divided by, > 0. Default 0.1. */
  readonly temperature: number;
}

const defaults: SupConLossOptions = { ...metricLossDefaults, temperature: 0.1 };

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
export class SupConLoss extends PairLoss {
  readonly name = "SupConLoss";
  readonly needs = { positives: true, negatives: true };
  readonly temperature: number;
  protected override readonly tupleMeaning = "partition";
  protected readonly itemKinds = ["element"] as const;

  constructor(options?: Partial<SupConLossOptions>) {
    const given = withDefaults(options, defaults, "SupConLoss");
    super(given, new CosineSimilarity(), new AvgNonZeroReducer());
    this.temperature = checkNumber(given.temperature, "temperature", { above: 0 });
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives } = row;
    const count = positives.count;
    // without a rival a positive wins with certainty: exactly 0, which rounding must not turn into an active item
    if (count === 0 || (count === 1 && negatives.count === 0)) {
      reduction.weighOne(anchor, 0);
      row.clear();
      return;
    }
    const scale = (this.distance.isInverted ? 1 : -1) / this.temperature;
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
