import { checkOneOf, withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { allTriplets } from "./allTriplets.ts";
import { countOf, listByAnchor } from "./anchorLists.ts";
import { emptyTriplets } from "./emptyTriplets.ts";
import { randomTriplets } from "./randomTriplets.ts";
import { isTriplets, type Pairs, type Triplets, type Tuples } from "./tuples.ts";

/** Options of {@link toTriplets}, for tuples that are null. */
export interface ToTripletsOptions {
  /** How many random triplets an anchor gets; "all" (default): every one that labels make. */
  readonly tripletsPerAnchor: number | "all";
  /** Of the random triplets: where their numbers start (default 0), or a generator to go on from. */
  readonly seed: number | Random;
}

const defaults: ToTripletsOptions = { tripletsPerAnchor: "all", seed: 0 };

/**
 * Tuples as triplets. Each positive pair goes with every negative pair of the same anchor; null gives the triplets that
 * labels make.
 *
 * @param labels one label an anchor; looked at when tuples is null
 * @param referenceLabels one label a reference, where there is one
 * @throws RangeError when there are more triplets than a list holds
 */
export function toTriplets(
  tuples: Tuples | null,
  labels: Labels,
  referenceLabels?: Labels | null,
  options?: Partial<ToTripletsOptions>,
): Triplets<Int32Array> {
  const { tripletsPerAnchor, seed } = withDefaults(options, defaults, "toTriplets");
  if (tuples === null) {
    if (typeof tripletsPerAnchor === "number")
      return randomTriplets(labels, referenceLabels, { tripletsPerAnchor, seed });
    checkOneOf(tripletsPerAnchor, "tripletsPerAnchor", ["all"]);
    return allTriplets(labels, referenceLabels);
  }
  if (!isTriplets(tuples)) return joinPairs(tuples);
  return {
    anchors: Int32Array.from(tuples.anchors),
    positives: Int32Array.from(tuples.positives),
    negatives: Int32Array.from(tuples.negatives),
  };
}

function joinPairs({ anchors1, positives, anchors2, negatives }: Pairs): Triplets<Int32Array> {
  let anchorCount = 0;
  for (let k = 0; k < anchors1.length; k++) anchorCount = Math.max(anchorCount, anchors1[k] + 1);
  for (let k = 0; k < anchors2.length; k++) anchorCount = Math.max(anchorCount, anchors2[k] + 1);
  const lists = listByAnchor(anchors2, negatives, anchorCount);
  let count = 0;
  for (let k = 0; k < anchors1.length; k++) count += countOf(lists, anchors1[k]);
  const triplets = emptyTriplets(count);
  let at = 0;
  for (let k = 0; k < anchors1.length; k++) {
    for (let j = lists.starts[anchors1[k]]; j < lists.ends[anchors1[k]]; j++, at++) {
      triplets.anchors[at] = anchors1[k];
      triplets.positives[at] = positives[k];
      triplets.negatives[at] = lists.others[j];
    }
  }
  return triplets;
}
