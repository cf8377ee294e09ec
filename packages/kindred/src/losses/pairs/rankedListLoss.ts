import { LpDistance } from "../../distances/lpDistance.ts";
import type { Places } from "../../kernels/places.ts";
import { checkNumber, checkRequired, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { refuseReference, refuseTuples, requireLabels } from "../../batch/requirements.ts";

/** Options of {@link RankedListLoss}. */
export interface RankedListLossOptions extends MetricLossOptions {
  /** How far apart the boundaries of positives and negatives are. Required. */
  readonly margin: number;
  /** How much more a negative weighs the farther inside its boundary it lies; 0: all weigh the same. Required. */
  readonly Tn: number;
  /** The share of the negatives in the loss, from 0 to 1. Default 0.5. */
  readonly imbalance: number;
  /** The distance that negatives should exceed. Default null: 1 + margin / 2. */
  readonly alpha: number | null;
  /** How much more a positive weighs the farther outside its boundary it lies. Default 0: all weigh the same. */
  readonly Tp: number;
}

const defaults: RankedListLossOptions = {
  ...metricLossDefaults,
  margin: NaN,
  Tn: NaN,
  imbalance: 0.5,
  alpha: null,
  Tp: 0,
};

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
export class RankedListLoss extends PairLoss {
  readonly name = "RankedListLoss";
  readonly needs = { positives: false, negatives: false };
  readonly margin: number;
  readonly Tn: number;
  readonly imbalance: number;
  readonly alpha: number;
  readonly Tp: number;
  protected readonly itemKinds = ["element"] as const;

  constructor(options: Partial<RankedListLossOptions> & Pick<RankedListLossOptions, "margin" | "Tn">) {
    const given = withDefaults(options, defaults, "RankedListLoss");
    super(given, new LpDistance(), new MeanReducer());
    this.margin = checkRequired(given.margin, "margin", "RankedListLoss");
    this.Tn = checkRequired(given.Tn, "Tn", "RankedListLoss");
    this.imbalance = checkNumber(given.imbalance, "imbalance", { atLeast: 0, atMost: 1 });
    this.alpha = given.alpha === null ? 1 + this.margin / 2 : checkNumber(given.alpha, "alpha");
    this.Tp = checkNumber(given.Tp, "Tp");
  }

  protected override check(batch: Batch): void {
    requireLabels(this.name, batch);
    refuseReference(this.name, batch);
    refuseTuples(this.name, batch);
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses } = row;
    const { alpha, margin, Tp, Tn, imbalance } = this;
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
