import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { borrow } from "../../kernels/runtime.ts";
import { withinFloat } from "../../matrix/float.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { reducedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { withoutItems } from "../core/withoutItems.ts";
import { CentredView, type PulledCovariances } from "../items/centredView.ts";

const options = extendOptions(reducedOptions(new MeanReducer()), {
  /** What the invariance term is multiplied by. Default 25. */
  invarianceLambda: number({ default: 25 }),
  /** What the variance terms are multiplied by. Default 25. */
  varianceMu: number({ default: 25 }),
  /** What the covariance term is multiplied by. Default 1. */
  covarianceV: number({ default: 1 }),
  /** What is added to each variance before its root is taken, >= 0. Default 1e-4. */
  eps: number({ default: 1e-4, atLeast: 0 }),
});

/** Options of {@link VICRegLoss}. */
export type VICRegLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "none", reference: "paired", tuples: "none" } as const satisfies Takes;

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
export class VICRegLoss extends MetricLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "VICRegLoss",
    family: "views",
    summary:
      "Two views of a sample should agree, every coordinate should vary over the batch, and no two coordinates should vary together.",
    paper:
      'Bardes et al., "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning" (ICLR 2022)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: {
      invarianceLoss: "element",
      varianceLoss1: "element",
      varianceLoss2: "element",
      covarianceLoss: "number",
    },
    options,
  });

  protected compute({ embeddings, reference }: Batch): Computed {
    const views = [embeddings, reference ?? embeddings];
    const byRow = this.begin("invarianceLoss", null);
    const byColumn = [this.begin("varianceLoss1", null), this.begin("varianceLoss2", null)];
    const invariance = this.#invariance(views, byRow);
    const gradients = views.map(({ rows, cols }) => zeros(rows, cols));
    const weight = this.options.covarianceV / Math.max(1, embeddings.cols);
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
    const share = this.options.invarianceLambda / Math.max(1, cols);
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
    const { varianceMu, eps } = this.options;
    const half = varianceMu / 2;
    const factors = new Float64Array(variances.length);
    if (rows < 2) return { reduced: reduction.result(), factors };
    for (let k = 0; k < factors.length; k++) {
      const deviation = Math.sqrt(variances[k] + eps);
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
      out[at] = withinFloat(slope);
    }
  }
}
