import type { AnchorRow } from "../../batch/anchorRow.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(comparingOptions(new CosineSimilarity(), new MeanReducer(), { only: CosineSimilarity }), {
  /** The angle that a positive is allowed on top of the negatives', in degrees. Default 5.73. */
  margin: number({ default: 5.73 }),
  /** What cosines are multiplied by, > 0. Default 64. */
  scale: number({ default: 64, above: 0 }),
});

/** Options of {@link TupletMarginLoss}. */
export type TupletMarginLossOptions = OptionsGiven<typeof options>;

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
export class TupletMarginLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "TupletMarginLoss",
    family: "pairs",
    summary:
      "Each positive against all negatives of its anchor, its angle made smaller by a margin so that hard positives weigh less.",
    paper: 'Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss" (ICCV 2019)',
    takes: pairTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "pos_pair" },
    options,
  });
  readonly #lessMargin = new LesserAngle(this.options.margin);

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses, weights } = row;
    const { scale } = this.options;
    const lessMargin = this.#lessMargin;
    const { log, total } = logSumExp(negatives, scale);
    const count = positives.read(values);
    for (let k = 0; k < count; k++) losses[k] = softplus(log - scale * lessMargin.cosine(values[k]));
    row.weighPositives(reduction);

    // dL/ds_ap = -scale sigmoid d cos(t - margin)/ds_ap, dL/ds_an = scale sigmoid softmax_n
    let pull = 0;
    for (let k = 0; k < count; k++) {
      const slope = scale * weights[k] * sigmoid(log - scale * lessMargin.cosine(values[k]));
      values[k] = -slope * lessMargin.slope(values[k]);
      pull += slope;
    }
    positives.write(values);
    if (total > 0) negatives.affine(pull / total, 0);
  }
}

/** The cosine's float32 digits say nothing of an angle with a smaller sine: there the slope leaves the sine out. */
const SMALLEST_SINE = 1e-3;

/** cos(t - margin) = cos t cos margin + sin t sin margin as a function of cos t. */
class LesserAngle {
  readonly #cosMargin: number;
  readonly #sinMargin: number;

  /** @param margin in degrees */
  constructor(margin: number) {
    const radians = (margin * Math.PI) / 180;
    this.#cosMargin = Math.cos(radians);
    this.#sinMargin = Math.sin(radians);
  }

  cosine(similarity: number): number {
    const cosine = clampCosine(similarity);
    return cosine * this.#cosMargin + Math.sqrt(1 - cosine * cosine) * this.#sinMargin;
  }

  /** d cos(t - margin) / d cos t */
  slope(similarity: number): number {
    const cosine = clampCosine(similarity);
    const sine = Math.sqrt(1 - cosine * cosine);
    return this.#cosMargin - (sine < SMALLEST_SINE ? 0 : (cosine / sine) * this.#sinMargin);
  }
}

/** Rounding may leave a cosine just outside -1 .. 1. */
function clampCosine(x: number): number {
  return Math.max(-1, Math.min(1, x));
}
