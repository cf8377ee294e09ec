import type { Labels } from "../matrix/labels.ts";
import { allPairs } from "./allPairs.ts";
import { asPairs } from "./anchorLists.ts";
import type { Pairs, Tuples } from "./tuples.ts";

/**
 * Tuples as pairs. Each triplet gives a positive and a negative pair; null gives every pair that labels make.
 *
 * @param labels one label an anchor; looked at when tuples is null
 * @param referenceLabels one label a reference, where there is one
 */
export function toPairs(tuples: Tuples | null, labels: Labels, referenceLabels?: Labels | null): Pairs<Int32Array> {
  if (tuples === null) return allPairs(labels, referenceLabels);
  const { anchors1, positives, anchors2, negatives } = asPairs(tuples);
  return {
    anchors1: Int32Array.from(anchors1),
    positives: Int32Array.from(positives),
    anchors2: Int32Array.from(anchors2),
    negatives: Int32Array.from(negatives),
  };
}
