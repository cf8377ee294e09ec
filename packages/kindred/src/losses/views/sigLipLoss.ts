import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Places } from "../../kernels/places.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import type { EvaluateOptions, Evaluation } from "../core/loss.ts";
import { metricLossDefaults, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "../pairs/pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { rowLabels } from "../../batch/rowLabels.ts";

/** Options of {@link SigLIPLoss}. */
export interface SigLIPLossOptions extends MetricLossOptions {
  /** The logarithm of what similarities are multiplied by, where learning it starts. Default log 10. */
  readonly tPrime: number;
  /** What is added to the multiplied similarities, where learning it starts. Default -10. */
  readonly bias: number;
}

const defaults: SigLIPLossOptions = { ...metricLossDefaults, tPrime: Math.log(10), bias: -10 };

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
export class SigLIPLoss extends PairLoss {
  readonly name = "SigLIPLoss";
  readonly needs = { positives: false, negatives: false };
  /** 1 x 1. */
  readonly tPrime: Matrix;
  /** 1 x 1. */
  readonly bias: Matrix;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  protected override readonly tupleMeaning = "partition";
  protected readonly itemKinds = ["element"] as const;
  /** The slopes by t s and by b so far, without the reducer's scale, and the reduction that knows it. */
  #pull = { logits: 0, bias: 0, reduction: null as Reduction | null };

  constructor(options?: Partial<SigLIPLossOptions>) {
    const given = withDefaults(options, defaults, "SigLIPLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    this.tPrime = scalar(checkNumber(given.tPrime, "tPrime"));
    this.bias = scalar(checkNumber(given.bias, "bias"));
    this.parameters = { tPrime: this.tPrime, bias: this.bias };
  }

  override evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation {
    const labelled = rowLabels(embeddings, labels, options);
    return super.evaluate(embeddings, labelled.labels, labelled.options);
  }

  protected override check(batch: Batch): void {
    if (batch.codes === null && batch.tuples === null)
      throw new TypeError(
        `${this.name} was given neither a reference nor labels; give a reference whose row i is the positive of row i`,
      );
  }

  protected override compute(batch: Batch): Computed {
    this.#pull = { logits: 0, bias: 0, reduction: null };
    const computed = super.compute(batch);
    const scale = this.#pull.reduction?.result().scale ?? 0;
    const parameters = { tPrime: scalar(scale * this.#pull.logits), bias: scalar(scale * this.#pull.bias) };
    return { ...computed, parameters };
  }

  protected row({ anchor, positives, negatives, values }: PairRow, [reduction]: readonly Reduction[]): void {
    const scale = (this.distance.isInverted ? 1 : -1) * Math.exp(this.tPrime.data[0]);
    const bias = this.bias.data[0];
    const ofPositives = judge(positives, values, -scale, -bias);
    const ofNegatives = judge(negatives, values, scale, bias);
    const weight = reduction.weighOne(anchor, ofPositives.loss + ofNegatives.loss);
    positives.affine(-scale * weight, 0);
    negatives.affine(scale * weight, 0);
    this.#pull.logits += weight * (ofNegatives.alongLogits + ofPositives.alongLogits);
    this.#pull.bias += weight * (ofNegatives.total - ofPositives.total);
    this.#pull.reduction = reduction;
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
