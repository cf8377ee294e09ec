import type { AnchorRow } from "../../batch/anchorRow.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import type { Places } from "../../kernels/places.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** The weight in the exponent of positive pairs, > 0. Default 2. */
  alpha: number({ default: 2, above: 0 }),
  /** The weight in the exponent of negative pairs, > 0. Default 50. */
  beta: number({ default: 50, above: 0 }),
  /** The similarity that positives should exceed and negatives should not. Default 0.5. */
  base: number({ default: 0.5 }),
});

/** Options of {@link MultiSimilarityLoss}. */
export type MultiSimilarityLossOptions = OptionsGiven<typeof options>;

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
export class MultiSimilarityLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "MultiSimilarityLoss",
    family: "pairs",
    summary: "A soft count of the positives below and the negatives above a similarity.",
    paper: 'Wang et al., "Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning" (CVPR 2019)',
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "element" },
    options,
  });
  protected override readonly tupleMeaning = "set";

  protected row({ anchor, positives, negatives }: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { alpha, beta, base } = this.options;
    const sign = -this.distance.away;
    const positive = softMaximum(positives, -sign * alpha, base);
    const negative = softMaximum(negatives, sign * beta, base);
    const loss = positive.log / alpha + negative.log / beta;

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
