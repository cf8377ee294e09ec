import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import type { EvaluateOptions, Evaluation } from "../core/loss.ts";
import { CentredView, type PulledCovariances } from "../items/centredView.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { refuseTuples } from "../../batch/requirements.ts";
import { withoutItems } from "../core/withoutItems.ts";

/** Options of {@link VICRegLoss}. */
export interface VICRegLossOptions extends MetricLossOptions {
  /** What the invariance term is multiplied by. Default 25. */
  readonly invarianceLambda: number;
  /** What the variance terms are multiplied by. Default 25. */
  readonly varianceMu: number;
  /** What the covariance term is multiplied by. Default 1. */
  readonly covarianceV: number;
  /** What is added to each variance before its root is taken, >= 0. Default 1e-4. */
  readonly eps: number;
}

const defaults: VICRegLossOptions = {
  ...metricLossDefaults,
  invarianceLambda: 25,
  varianceMu: 25,
  covarianceV: 1,
  eps: 1e-4,
};

const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/**
 * Variance, invariance and covariance: two views of a sample should agree, every coordinate should vary over the batch,
 * and no two coordinates should vary together.
 *
 *     invarianceLoss: L_i = lambda mean_k (z_ik - z'_ik)^2           one item a sample
 *     varianceLoss1:  L_k = mu/2 [1 - sqrt(var_k(z) + eps)]+         one item a coordinate
 *     varianceLoss2:  the same of z'
 *     covarianceLoss: v/d sum_{k != l} (cov_kl(z)^2 + cov_kl(z')^2)  one number
 *
 * z are the embeddings and z' the reference, its row i being the other view of row i; without a reference z' is z.
 * Variances and covariances are over the batch, unbiased; a single sample has none, and those terms are left out. Takes
 * neither labels nor tuples, neither a distance nor an embedding regularizer. Default reducer MeanReducer.
 *
 * Source: Bardes et al., "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning" (ICLR 2022).
 */
export class VICRegLoss extends MetricLoss {
  readonly name = "VICRegLoss";
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly invarianceLambda: number;
  readonly varianceMu: number;
  readonly covarianceV: number;
  readonly eps: number;

  constructor(options?: Partial<VICRegLossOptions>) {
    const given = withDefaults(options, defaults, "VICRegLoss");
    for (const name of ["distance", "embeddingRegularizer"] as const) {
      if (given[name] !== null)
        throw new TypeError(`VICRegLoss compares no pairs; its ${name} is ${describe(given[name])}, leave it out`);
    }
    super(given, new LpDistance(), new MeanReducer());
    this.invarianceLambda = checkNumber(given.invarianceLambda, "invarianceLambda");
    this.varianceMu = checkNumber(given.varianceMu, "varianceMu");
    this.covarianceV = checkNumber(given.covarianceV, "covarianceV");
    this.eps = checkNumber(given.eps, "eps", { atLeast: 0 });
  }

  override evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation {
    if (labels !== null && labels !== undefined) throw new TypeError(`${this.name} takes no labels; give null`);
    if (options?.referenceLabels !== undefined)
      throw new TypeError(`${this.name} takes no labels; leave referenceLabels out`);
    return super.evaluate(embeddings, labels, options);
  }

  protected override get subLossNames(): readonly string[] {
    return ["invarianceLoss", "varianceLoss1", "varianceLoss2", "covarianceLoss"];
  }

  protected override check(batch: Batch): void {
    const { embeddings, reference } = batch;
    refuseTuples(this.name, batch);
    if (reference !== null && reference.rows !== embeddings.rows)
      throw new RangeError(
        `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of one is the other view of row i`,
      );
  }

  protected override silenceBefore(): BatchStatus | null {
    return null;
  }

  protected compute({ embeddings, reference }: Batch): Computed {
    const views = [embeddings, reference ?? embeddings];
    const [byRow, ...byColumn] = this.subLossNames
      .slice(0, 3)
      .map((name) => this.reducerOf(name).begin({ kind: "element", labels: null }));
    const invariance = this.#invariance(views, byRow);
    const gradients = views.map(({ rows, cols }) => zeros(rows, cols));
    const weight = this.covarianceV / Math.max(1, embeddings.cols);
    const { scale } = withoutItems(0, this.reducer);
    return borrow((workspace) => {
      const own = new CentredView(workspace, embeddings);
      const centred = [own, reference === null ? own : new CentredView(workspace, reference)];
      const variances = centred.map((view, v) => this.#variance(view, embeddings.rows, byColumn[v]));
      let penalty = 0;
      for (const [v, view] of centred.entries()) {
        const pulled = view.pullCovariances(weight * scale, variances[v].factors);
        penalty += weight * pulled.penalty;
        const out = reference === null ? gradients[0] : gradients[v];
        addSlopes(out.data, views[v], views[1 - v], invariance.factors, pulled);
      }
      const reduced = [invariance, ...variances].map((part) => part.reduced);
      const total = this.total([byRow, ...byColumn], [...reduced, withoutItems(penalty, this.reducer)]);
      return {
        ...total,
        // the covariances are one item more
        items: total.items + (embeddings.rows > 1 ? 1 : 0),
        activeItems: total.activeItems + (penalty > 0 ? 1 : 0),
        embeddings: gradients[0],
        ...(reference && { reference: gradients[1] }),
      };
    });
  }

  /** The slope of entry (i, k) is factors[i] (z_ik - z'_ik). */
  #invariance([{ data: x, rows, cols }, { data: y }]: readonly Matrix[], reduction: Reduction): Part {
    const share = this.invarianceLambda / Math.max(1, cols);
    const factors = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let total = 0;
      for (let k = i * cols; k < (i + 1) * cols; k++) {
        const difference = x[k] - y[k];
        total += difference * difference;
      }
      factors[i] = 2 * share * reduction.weighOne(i, share * total);
    }
    return scaled(reduction.result(), factors);
  }

  /** The slope of entry (i, k) is factors[k] (z_ik - mean_k). */
  #variance({ variances }: CentredView, rows: number, reduction: Reduction): Part {
    const half = this.varianceMu / 2;
    const factors = new Float64Array(variances.length);
    if (rows < 2) return { reduced: reduction.result(), factors };
    for (let k = 0; k < factors.length; k++) {
      const deviation = Math.sqrt(variances[k] + this.eps);
      const weight = reduction.weighOne(k, half * Math.max(0, 1 - deviation));
      if (deviation > 0 && deviation < 1) factors[k] = (-half * weight) / ((rows - 1) * deviation);
    }
    return scaled(reduction.result(), factors);
  }
}

/** A term of the loss, and what its slopes are made of. */
interface Part {
  readonly reduced: Reduced;
  readonly factors: Float64Array;
}

function scaled(reduced: Reduced, factors: Float64Array): Part {
  for (let k = 0; k < factors.length; k++) factors[k] *= reduced.scale;
  return { reduced, factors };
}

/** Adds the slopes of all terms of one view; those beyond float32's range become its largest number. */
function addSlopes(
  out: Float32Array,
  { data: x, rows, cols }: Matrix,
  { data: y }: Matrix,
  byRow: Float64Array,
  { scale, products }: PulledCovariances,
): void {
  for (let i = 0, at = 0; i < rows; i++) {
    const pull = byRow[i];
    for (let k = 0; k < cols; k++, at++) {
      const slope = out[at] + pull * (x[at] - y[at]) + scale * products[at];
      out[at] = slope > LARGEST_FLOAT ? LARGEST_FLOAT : slope < -LARGEST_FLOAT ? -LARGEST_FLOAT : slope;
    }
  }
}
