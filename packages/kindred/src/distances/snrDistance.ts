import type { Workspace } from "../kernels/runtime.ts";
import { withDefaults } from "../matrix/checks.ts";
import { Distance, distanceDefaults, type DistanceOptions } from "./distance.ts";
import { areExtreme } from "./forms/commonUnit.ts";
import { DirectNoiseForm } from "./forms/directNoiseForm.ts";
import type { Form } from "./forms/form.ts";
import { NoiseForm, SMALLEST_VARIANCE } from "./forms/noiseForm.ts";
import type { Preparation, Side } from "./forms/side.ts";

/**
 * The noise-to-signal ratio of a pair: d_ij = var(q_i - r_j) / var(q_i), variances over the coordinates (unbiased). Not
 * symmetric. An anchor with equal coordinates has no variance and is taken to have 1e-12. Embeddings of fewer than two
 * columns are refused.
 *
 * Source: Yuan et al., "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning" (CVPR 2019).
 */
export class SNRDistance extends Distance {
  readonly name = "SNRDistance";
  readonly isInverted = false;
  override readonly isSymmetric = false;

  constructor(options?: Partial<DistanceOptions>) {
    super(withDefaults(options, distanceDefaults, "SNRDistance"));
  }

  protected override get preparation(): Preparation {
    return { isNormalized: this.normalizeEmbeddings, p: this.p, isCentred: true };
  }

  protected form(workspace: Workspace, query: Side, reference: Side): Form {
    requireVariance(query.cols, query.rows + reference.rows);
    if (areExtreme(query, reference)) return new DirectNoiseForm(query, reference);
    return new NoiseForm(workspace, query, reference);
  }

  protected pair(x: Float32Array, y: Float32Array): number {
    requireVariance(x.length, 1);
    const noise = Float64Array.from(x, (value, k) => value - y[k]);
    return variance(noise) / Math.max(variance(x), SMALLEST_VARIANCE);
  }
}

function requireVariance(cols: number, rows: number): void {
  if (cols > 1 || rows === 0) return;
  throw new RangeError(
    `SNRDistance was given embeddings of ${cols} ${cols === 1 ? "column" : "columns"}, which have no variance; give 2 or more`,
  );
}

function variance(x: Float32Array | Float64Array): number {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let total = 0;
  for (const value of x) total += (value - mean) ** 2;
  return total / (x.length - 1);
}
