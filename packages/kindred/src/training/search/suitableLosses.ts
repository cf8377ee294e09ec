import { classCounts } from "../../doctor/labels/classCounts.ts";
import { NormalizedSoftmaxLoss } from "../../losses/classes/normalizedSoftmaxLoss.ts";
import type { Label } from "../../matrix/labels.ts";
import { usualLosses } from "./candidates.ts";
import type { LossRecipe } from "./headRecipe.ts";

/** Rows of a class in a batch, where classes have as many. */
const USUAL_M = 4;

/** What the sizes of classes say about training on them. */
export interface SuitableLosses {
  /** The losses worth trying, the most promising first. */
  readonly losses: readonly LossRecipe[];
  /** Rows of a class in a batch. */
  readonly m: number;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** A loss with a vector a class learns from a class of one row, too. */
const withClassVectors: LossRecipe = {
  name: "NormalizedSoftmaxLoss",
  make: (classes, embeddingSize) =>
    new NormalizedSoftmaxLoss({ classes: classes as readonly Label[], numClasses: classes.length, embeddingSize }),
};

/**
 * The losses that can learn from classes of such sizes: those that compare pairs, where most rows have another of their class; where
 * they don't, one with a vector a class before them. {@link trainHead} tries them where it is given none.
 *
 * @param labels of the rows to train on
 */
export function suitableLosses(labels: readonly Label[]): SuitableLosses {
  const { counts, classes, samples } = classCounts(labels);
  const paired = counts.filter((count) => count >= 2).sort();
  const rows = paired.reduce((sum, count) => sum + count, 0);
  const usual = paired[Math.floor(paired.length / 2)] ?? 1;
  const m = Math.max(2, Math.min(USUAL_M, usual));
  const have = `${paired.length} of ${classes} classes have two rows or more`;
  if (2 * rows < samples)
    return {
      losses: [withClassVectors, ...usualLosses],
      m,
      reason: `${have}, ${rows} of ${samples} rows: pairs of one class are rare, so a loss with a vector a class is tried first`,
    };
  return {
    losses: usualLosses,
    m,
    reason: `${have}, in the middle ${usual}: losses that compare pairs are tried, with ${m} rows of a class in a batch`,
  };
}
