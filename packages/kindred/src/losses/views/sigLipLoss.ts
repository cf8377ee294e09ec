import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import type { Places } from "../../kernels/places.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { PairLoss } from "../pairs/pairLoss.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** The logarithm of what similarities are multiplied by, where learning it starts, <= 60. Default log 10. */
  tPrime: number({ default: Math.log(10), atMost: 60 }),
  /** What is added to the multiplied similarities, where learning it starts. Default -10. */
  bias: number({ default: -10 }),
});

/** Options of {@link SigLIPLoss}. */
export type SigLIPLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "paired", reference: "any", tuples: "pairs" } as const satisfies Takes;

/**
 * Sigmoid loss: every pair by itself is judged to be of one class or of two.
 *
 *     L_i = -sum_j log sigmoid( z_ij (t s_ij + b) ),  t = e^tPrime, z_ij = 1 for positives and -1 for negatives
 *
 * Without labels row i of the reference is the positive of row i of the embeddings, and references beyond are negatives of
 * all. With labels all of the anchor's class are its positives, in the reference or else in the batch itself. One item an
 * anchor. The parameters `tPrime` and `bias` (b) are 1 x 1; b starts low, as most pairs are negatives. Distances that are
 * not inverted enter negated. Default distance CosineSimilarity, default reducer MeanReducer.
 *
 *     const loss = new SigLIPLoss();
 *     const { value, gradients } = loss.evaluate(images, null, { reference: texts });
 *
 * Source: Zhai et al., "Sigmoid Loss for Language Image Pre-Training" (ICCV 2023).
 */
export class SigLIPLoss extends PairLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "SigLIPLoss",
    family: "views",
    summary: "Every pair by itself is judged to be of one class or of two.",
    paper: 'Zhai et al., "Sigmoid Loss for Language Image Pre-Training" (ICCV 2023)',
    takes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "element" },
    options,
  });
  /** 1 x 1. */
  readonly tPrime: Matrix;
  /** 1 x 1. */
  readonly bias: Matrix;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  protected override readonly tupleMeaning = "partition";

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    this.tPrime = scalar(this.options.tPrime);
    this.bias = scalar(this.options.bias);
    this.parameters = { tPrime: this.tPrime, bias: this.bias };
  }

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives, values } = row;
    const scale = -this.distance.away * Math.exp(this.tPrime.data[0]);
    const bias = this.bias.data[0];
    const ofPositives = judge(positives, values, -scale, -bias);
    const ofNegatives = judge(negatives, values, scale, bias);
    const weight = reduction.weighOne(anchor, ofPositives.loss + ofNegatives.loss);
    positives.affine(-scale * weight, 0);
    negatives.affine(scale * weight, 0);
    row.pullParameter("tPrime", weight * (ofNegatives.alongLogits + ofPositives.alongLogits));
    row.pullParameter("bias", weight * (ofNegatives.total - ofPositives.total));
  }
}

/** What {@link judge} finds of some pairs. */
interface Judged {
  /** sum softplus(x) */
  readonly loss: number;
  /** sum sigmoid(x) */
  readonly total: number;
  /** sum sigmoid(x) scale s */
  readonly alongLogits: number;
}

/** How many terms share a logarithm: their product is 2^64 at the most. */
const TERMS = 64;

/**
 * The losses softplus(x) of pairs, x = scale s + bias; leaves sigmoid(x), their slopes by x, in the places.
 *
 * softplus(x) = [x]+ + log(1 + e^-|x|), and a sum of logarithms is the logarithm of a product. Its excess over 1 is what is
 * kept, (1 + p)(1 + e) - 1 = p + e + p e, so that terms near 0 keep their digits.
 */
function judge(places: Places, values: Float64Array, scale: number, bias: number): Judged {
  const count = places.read(values);
  let loss = 0;
  let total = 0;
  let alongLogits = 0;
  for (let start = 0; start < count; start += TERMS) {
    const end = Math.min(count, start + TERMS);
    let excess = 0;
    for (let k = start; k < end; k++) {
      const logit = scale * values[k];
      const x = logit + bias;
      const small = Math.exp(-Math.abs(x));
      if (x > 0) loss += x;
      excess += small + excess * small;
      const slope = (x > 0 ? 1 : small) / (1 + small);
      values[k] = slope;
      total += slope;
      alongLogits += slope * logit;
    }
    loss += Math.log1p(excess);
  }
  places.write(values);
  return { loss, total, alongLogits };
}

function scalar(value: number): Matrix {
  const matrix = zeros(1, 1);
  matrix.data[0] = value;
  return matrix;
}
