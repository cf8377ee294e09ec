import type { Label, Labels } from "../matrix/labels.ts";
import { IndexList } from "./indexList.ts";
import { toPairs } from "./toPairs.ts";
import type { Tuples } from "./tuples.ts";

/** Positive pairs: `anchors[k]` goes with `positives[k]`. */
export interface PositivePairs {
  readonly anchors: Int32Array;
  readonly positives: Int32Array;
}

/**
 * The first positive pair of each label, in ascending order of labels: of numbers by size, of strings by their letters'
 * codes.
 *
 * @param tuples where the pairs are taken from, in their order; null: all pairs that labels make, by anchor
 * @param labels one label an anchor
 */
export function positivePairsWithUniqueLabels(tuples: Tuples | null, labels: Labels): PositivePairs {
  const { anchors1, positives } = toPairs(tuples, labels);
  const first = new Map<Label, number>();
  anchors1.forEach((anchor, k) => {
    if (!first.has(labels[anchor])) first.set(labels[anchor], k);
  });
  const anchors = new IndexList();
  const others = new IndexList();
  for (const [, k] of [...first].sort(([x], [y]) => compareLabels(x, y))) {
    anchors.push(anchors1[k]);
    others.push(positives[k]);
  }
  return { anchors: anchors.toArray(), positives: others.toArray() };
}

/** Labels of one kind by their size, of several kinds by kind. */
function compareLabels(x: Label, y: Label): number {
  if (typeof x !== typeof y) return typeof x < typeof y ? -1 : 1;
  return x < y ? -1 : x > y ? 1 : 0;
}
