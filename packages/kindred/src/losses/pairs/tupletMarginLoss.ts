import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link TupletMarginLoss}. */
export interface TupletMarginLossOptions extends MetricLossOptions {
  /** The angle that a positive is allowed on top of the negatives', in degrees. Default 5.73. */
  readonly margin: number;
  /** What cosines are multiplied by, > 0. Default 64. */
  readonly scale: number;
}

const defaults: TupletMarginLossOptions = { ...metricLossDefaults, margin: 5.73, scale: 64 };

/** The cosine's float32 digits say nothing of an angle with a smaller sine: there the slope leaves the sine out. */
const SMALLEST_SINE = 1e-3;

/**
 * Each positive against all negatives of its anchor, its angle made smaller by a margin so that hard positives weigh less.
 *
 *     L_ap = log(1 + sum_{n in N_a} e^(scale (cos t_an - cos(t_ap - margin)))),  t the angle between two embeddings
 *
 * One item a positive pair. Needs positive and negative pairs in the batch. Distance CosineSimilarity alone, default
 * reducer MeanReducer. The slope of cos(t - margin) by cos t has a pole where the embeddings point in one direction or in
 * opposite ones; there it is bounded. The source combines this loss with IntraPairVarianceLoss.
 *
 * Source: Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss" (ICCV 2019).
 */
export class TupletMarginLoss extends PairLoss {
  readonly name = "TupletMarginLoss";
  readonly needs = { positives: true, negatives: true };
  readonly margin: number;
  readonly scale: number;
  protected readonly itemKinds = ["pos_pair"] as const;

  constructor(options?: Partial<TupletMarginLossOptions>) {
    const given = withDefaults(options, defaults, "TupletMarginLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    requireDistance(this, CosineSimilarity);
    this.margin = checkNumber(given.margin, "margin");
    this.scale = checkNumber(given.scale, "scale", { above: 0 });
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses, weights } = row;
    const { scale } = this;
    const radians = (this.margin * Math.PI) / 180;
    const [cosMargin, sinMargin] = [Math.cos(radians), Math.sin(radians)];
    const { log, total } = logSumExp(negatives, scale);

    // cos(t - margin) = cos t cos margin + sin t sin margin
    const count = positives.read(values);
    for (let k = 0; k < count; k++) {
      const cosine = clampCosine(values[k]);
      const target = cosine * cosMargin + Math.sqrt(1 - cosine * cosine) * sinMargin;
      losses[k] = softplus(log - scale * target);
    }
    row.weighPositives(reduction);

    // dL/ds_ap = -scale sigmoid d cos(t - margin)/ds_ap, dL/ds_an = scale sigmoid softmax_n
    let pull = 0;
    for (let k = 0; k < count; k++) {
      const cosine = clampCosine(values[k]);
      const sine = Math.sqrt(1 - cosine * cosine);
      const slope = scale * weights[k] * sigmoid(log - scale * (cosine * cosMargin + sine * sinMargin));
      values[k] = -slope * (cosMargin - (sine < SMALLEST_SINE ? 0 : (cosine / sine) * sinMargin));
      pull += slope;
    }
    positives.write(values);
    if (total > 0) negatives.affine(pull / total, 0);
  }
}

/** Rounding may leave a cosine just outside -1 .. 1. */
function clampCosine(x: number): number {
  return Math.max(-1, Math.min(1, x));
}
