import type { Workspace } from "../kernels/runtime.ts";
import { withDefaults } from "../matrix/checks.ts";
import { Distance, distanceDefaults, type DistanceOptions } from "./distance.ts";
import type { Form } from "./form.ts";
import { NoiseForm } from "./noiseForm.ts";
import type { Preparation, Side } from "./side.ts";

/**
 * The noise-to-signal ratio of a pair: d_ij = var(q_i - r_j) / var(q_i), variances over the coordinates (unbiased). Not
 * symmetric. An anchor with equal coordinates has no variance and is taken to have 1e-12.
 *
 * Source: Yuan et al., "Signal-to-Noise Ratio: A Robust Distance Metric for Deep Metric Learning" (CVPR 2019).
 */
export class SNRDistance extends Distance {
  readonly name = "SNRDistance";
  readonly isInverted = false;

  constructor(options?: Partial<DistanceOptions>) {
    super(withDefaults(options, distanceDefaults, "SNRDistance"));
  }

  protected override get preparation(): Preparation {
    return { isNormalized: this.normalizeEmbeddings, p: this.p, isCentred: true };
  }

  protected form(workspace: Workspace, query: Side, reference: Side): Form {
    return new NoiseForm(workspace, query, reference);
  }

  protected pair(x: Float32Array, y: Float32Array): number {
    return variance(x.map((value, k) => value - y[k])) / variance(x);
  }
}

function variance(x: Float32Array): number {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let total = 0;
  for (const value of x) total += (value - mean) ** 2;
  return total / (x.length - 1);
}
