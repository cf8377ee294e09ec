import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Places } from "../../kernels/places.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** Options of {@link MultiSimilarityLoss}. */
export interface MultiSimilarityLossOptions extends MetricLossOptions {
  /** The weight in the exponent of positive pairs, > 0. Default 2. */
  readonly alpha: number;
  /** The weight in the exponent of negative pairs, > 0. Default 50. */
  readonly beta: number;
  /** The similarity that positives should exceed and negatives should not. Default 0.5. */
  readonly base: number;
}

const defaults: MultiSimilarityLossOptions = { ...metricLossDefaults, alpha: 2, beta: 50, base: 0.5 };

/**
 * A soft count of the positives below and the negatives above a similarity.
 *
 *     L_i = 1/alpha log(1 + sum_{p in P_i} e^(-alpha (s_ip - base))) + 1/beta log(1 + sum_{n in N_i} e^(beta (s_in - base)))
 *
 * One item an anchor. Learns from positives or negatives alone. For distances the signs turn round. Default distance
 * CosineSimilarity, default reducer MeanReducer.
 *
 * Source: Wang et al., "Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning" (CVPR 2019).
 */
export class MultiSimilarityLoss extends PairLoss {
  readonly name = "MultiSimilarityLoss";
  readonly needs = { positives: false, negatives: false };
  readonly alpha: number;
  readonly beta: number;
  readonly base: number;
  protected override readonly tupleMeaning = "set";
  protected readonly itemKinds = ["element"] as const;

  constructor(options?: Partial<MultiSimilarityLossOptions>) {
    const given = withDefaults(options, defaults, "MultiSimilarityLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    this.alpha = checkNumber(given.alpha, "alpha", { above: 0 });
    this.beta = checkNumber(given.beta, "beta", { above: 0 });
    this.base = checkNumber(given.base, "base");
  }

  protected row({ anchor, positives, negatives }: PairRow, [reduction]: readonly Reduction[]): void {
    const sign = this.distance.isInverted ? 1 : -1;
    const positive = softMaximum(positives, -sign * this.alpha, this.base);
    const negative = softMaximum(negatives, sign * this.beta, this.base);
    const loss = positive.log / this.alpha + negative.log / this.beta;

    // dL/ds = -e^(...) / (1 + sum) for positives, e^(...) / (1 + sum) for negatives
    const weight = reduction.weighOne(anchor, loss);
    positives.affine((-sign * weight) / positive.total, 0);
    negatives.affine((sign * weight) / negative.total, 0);
  }
}

/** log(1 + sum e^(scale (x - base))); leaves the terms, over e^shift, in the places, and returns their total with 1's. */
function softMaximum(places: Places, scale: number, base: number): { log: number; total: number } {
  if (places.count === 0) return { log: 0, total: 1 };
  const largest = scale * ((scale > 0 ? places.max() : places.min()) - base);
  const shift = Math.max(0, largest);
  const total = places.expInPlace(scale, scale * base + shift) + Math.exp(-shift);
  return { log: shift + Math.log(total), total };
}
