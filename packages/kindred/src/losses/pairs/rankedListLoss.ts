import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Takes } from "../../batch/takes.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import type { Places } from "../../kernels/places.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { PairLoss } from "./pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new MeanReducer()), {
  /** How far apart the boundaries of positives and negatives are. Required. */
  margin: number(),
  /** How much more a negative weighs the farther inside its boundary it lies; 0: all weigh the same. Required. */
  Tn: number(),
  /** The share of the negatives in the loss, from 0 to 1. Default 0.5. */
  imbalance: number({ default: 0.5, atLeast: 0, atMost: 1 }),
  /** The distance that negatives should exceed. Default null: 1 + margin / 2. */
  alpha: number({ default: null }),
  /** How much more a positive weighs the farther outside its boundary it lies. Default 0: all weigh the same. */
  Tp: number({ default: 0 }),
});

/** Options of {@link RankedListLoss}. */
export type RankedListLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "none", tuples: "none" } as const satisfies Takes;

/** What is added for every sample of the batch to the sum of weights that is divided by. */
const WEIGHT_EPSILON = 1e-5;

/**
 * Positives inside a ball around the anchor, negatives outside a larger one: a weighted mean of how far each violates it.
 *
 *     L_i = (1 - imbalance) sum_p w_p u_p / (sum_p w_p + n 1e-5) + imbalance sum_n w_n u_n / (sum_n w_n + n 1e-5)
 *     u_p = d_ip - (alpha - margin),  w_p = e^(Tp u_p)  over positives with u_p > 0 and d_ip > 0
 *     u_n = alpha - d_in,             w_n = e^(Tn u_n)  over negatives with u_n > 0 and d_in > 0
 *
 * n is the size of the batch. The slopes go through the weights. One item an anchor. Learns from positives or negatives
 * alone. Needs labels; takes neither a reference nor tuples. Similarities are taken as if they were distances. Default
 * distance LpDistance, default reducer MeanReducer.
 *
 * Source: Wang et al., "Ranked List Loss for Deep Metric Learning" (CVPR 2019).
 */
export class RankedListLoss extends PairLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "RankedListLoss",
    family: "pairs",
    summary: "Positives belong inside a ball around the anchor, negatives outside a larger one.",
    paper: 'Wang et al., "Ranked List Loss for Deep Metric Learning" (CVPR 2019)',
    takes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "element" },
    options,
    example: () => ({ margin: 0.4, Tn: 10 }),
  });
  /** The distance that negatives should exceed. */
  readonly alpha: number = this.options.alpha ?? 1 + this.options.margin / 2;

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses } = row;
    const { margin, Tp, Tn, imbalance } = this.options;
    const { alpha } = this;
    const samples = positives.count + negatives.count + 1;
    const far = violation(positives, { sign: 1, boundary: alpha - margin, temperature: Tp, samples }, values);
    const near = violation(negatives, { sign: -1, boundary: alpha, temperature: Tn, samples }, losses);
    const weight = reduction.weighOne(row.anchor, (1 - imbalance) * far + imbalance * near);
    const count = positives.count;
    for (let k = 0; k < count; k++) values[k] *= (1 - imbalance) * weight;
    positives.write(values);
    for (let k = 0; k < negatives.count; k++) losses[k] *= imbalance * weight;
    negatives.write(losses);
  }
}

/** What a pair violates: u = sign (d - boundary), weighed by e^(temperature u). */
interface Ball {
  readonly sign: number;
  readonly boundary: number;
  readonly temperature: number;
  readonly samples: number;
}

/** The weighted mean violation of the pairs with u > 0 and d > 0; `slopes` gets its slope by each distance. */
function violation(places: Places, ball: Ball, slopes: Float64Array): number {
  const { sign, boundary, temperature, samples } = ball;
  const count = places.read(slopes);
  let largest = 0;
  for (let k = 0; k < count; k++) {
    const u = sign * (slopes[k] - boundary);
    slopes[k] = slopes[k] > 0 && u > 0 ? u : 0;
    largest = Math.max(largest, temperature * slopes[k]);
  }
  // weights over e^largest, so that none overflows
  let total = 0;
  let weights = samples * WEIGHT_EPSILON * Math.exp(-largest);
  for (let k = 0; k < count; k++) {
    const u = slopes[k];
    if (u === 0) continue;
    const weight = Math.exp(temperature * u - largest);
    total += weight * u;
    weights += weight;
  }
  const mean = total / weights;
  // d mean / du = w (1 + T (u - mean)) / sum of weights
  for (let k = 0; k < count; k++) {
    const u = slopes[k];
    if (u === 0) continue;
    slopes[k] = (sign * Math.exp(temperature * u - largest) * (1 + temperature * (u - mean))) / weights;
  }
  return mean;
}
