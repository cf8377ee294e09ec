import { checkNumber } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import type { LabelCounts } from "./classCounts.ts";

/**
 * Weights of classes that make up for imbalance: the inverse of a class's effective number of samples,
 *
 *     w_c = (1 - beta) / (1 - beta^n_c),   scaled so that the mean over the classes is 1
 *
 * beta 0 weighs all classes alike; the nearer to 1, the nearer to 1 / n_c. For a ClassWeightedReducer.
 *
 * @param beta 0 <= beta < 1. Default 0.999
 * @returns the weight of each label
 *
 * Source: Cui et al., "Class-Balanced Loss Based on Effective Number of Samples" (CVPR 2019).
 */
export function effectiveNumberWeights(counts: LabelCounts, beta = 0.999): ReadonlyMap<Label, number> {
  checkNumber(beta, "beta", { atLeast: 0, below: 1 });
  const weights = Float64Array.from(counts.counts, (size) => (1 - beta) / (1 - beta ** size));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return new Map(counts.labels.map((label, c) => [label, weights[c] / mean]));
}
