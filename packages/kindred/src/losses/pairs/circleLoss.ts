import type { AnchorRow } from "../../batch/anchorRow.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Places } from "../../kernels/places.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

const options = extendOptions(
  comparingOptions(new CosineSimilarity(), new AvgNonZeroReducer(), { only: CosineSimilarity }),
  {
    /** The relaxation: positives aim at 1 + m and should exceed 1 - m, negatives aim at -m and should not exceed m. Default 0.4. */
    m: number({ default: 0.4 }),
    /** What similarities are scaled by, > 0. Default 80. */
    gamma: number({ default: 80, above: 0 }),
  },
);

/** Options of {@link CircleLoss}. */
export type CircleLossOptions = OptionsGiven<typeof options>;

/**
 * Pairs are weighted by how far they are from where they should be, so that the boundary is a circle.
 *
 *     L_i = log(1 + sum_{n in N_i} e^(gamma b_n (s_in - m)) sum_{p in P_i} e^(-gamma a_p (s_ip - 1 + m)))
 *     a_p = [1 + m - s_ip]+,  b_n = [s_in + m]+
 *
 * The weights a and b are taken as constants when the slope is formed, as in the paper: the slope is not the derivative
 * of the value. One item an anchor; an anchor without positives or without negatives has loss 0. Needs positive and
 * negative pairs in the batch. Distance CosineSimilarity alone, default reducer AvgNonZeroReducer.
 *
 * The paper takes m = 0.25 and gamma = 256 for faces, 0.25 and 128 for persons, 0.4 and 80 for fine-grained retrieval.
 *
 * Source: Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization" (CVPR 2020).
 */
export class CircleLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "CircleLoss",
    family: "pairs",
    summary: "Pairs are weighted by how far they are from where they should be, so that the boundary is a circle.",
    paper: 'Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization" (CVPR 2020)',
    takes: pairTakes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "element" },
    options,
  });
  protected override readonly tupleMeaning = "set";

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives, values, weights, losses } = row;
    const { m, gamma } = this.options;
    if (positives.count === 0 || negatives.count === 0) {
      reduction.weighOne(anchor, 0);
      row.clear();
      return;
    }
    // d exponent / d similarity goes to values for positives and to weights for negatives; losses is scratch
    const positive = softMaximum(positives, { scale: -gamma, optimum: 1 + m, boundary: 1 - m }, values, losses);
    const negative = softMaximum(negatives, { scale: gamma, optimum: -m, boundary: m }, weights, losses);
    const exponent = positive.log + negative.log;
    const weight = reduction.weighOne(anchor, softplus(exponent)) * sigmoid(exponent);

    // dL/ds_j = sigmoid(exponent) softmax_j d exponent_j / ds_j, the softmax being that of j's own sum
    multiply(positives, values, weight / positive.total, losses);
    multiply(negatives, weights, weight / negative.total, losses);
  }
}

/** The exponents z = scale |x - optimum| (x - boundary); pairs beyond their optimum have z = 0. */
interface Exponents {
  readonly scale: number;
  readonly optimum: number;
  readonly boundary: number;
}

/** log sum e^z. Leaves e^(z - max z) in the places, whose sum is returned as total, and dz/dx in `slopes`. */
function softMaximum(
  places: Places,
  { scale, optimum, boundary }: Exponents,
  slopes: Float64Array,
  scratch: Float64Array,
): { log: number; total: number } {
  const count = places.read(scratch);
  const side = Math.sign(scale);
  for (let k = 0; k < count; k++) {
    const x = scratch[k];
    slopes[k] = scale * Math.max(0, side * (x - optimum));
    scratch[k] = slopes[k] * (x - boundary);
  }
  places.write(scratch);
  const max = places.max();
  const total = places.expInPlace(1, max);
  return { log: max + Math.log(total), total };
}

/** x <- factor slope x. */
function multiply(places: Places, slopes: Float64Array, factor: number, scratch: Float64Array): void {
  const count = places.read(scratch);
  for (let k = 0; k < count; k++) scratch[k] *= factor * slopes[k];
  places.write(scratch);
}
