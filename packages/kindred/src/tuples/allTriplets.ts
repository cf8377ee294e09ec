import type { Labels } from "../matrix/labels.ts";
import { emptyTriplets } from "./emptyTriplets.ts";
import { countOthers, groupLabels } from "./labelRuns.ts";
import type { Triplets } from "./tuples.ts";

/**
 * Every triplet that labels make, by anchor, then positive, then negative, in ascending order: the positive has the
 * anchor's label, the negative another.
 *
 * @param labels one label an anchor
 * @param referenceLabels one label a reference. Without them positives and negatives are of the batch itself, and no
 *   sample is its own positive
 * @throws RangeError when there are more triplets than a list holds
 */
export function allTriplets(labels: Labels, referenceLabels?: Labels | null): Triplets<Int32Array> {
  const runs = groupLabels(labels, referenceLabels);
  const { codes, otherCodes, isSelf, order, starts } = runs;
  let count = 0;
  for (let a = 0; a < codes.length; a++) {
    const { positives, negatives } = countOthers(runs, a);
    count += positives * negatives;
  }
  const triplets = emptyTriplets(count);
  const others = new Int32Array(otherCodes.length);
  let at = 0;
  for (let a = 0; a < codes.length; a++) {
    const code = codes[a];
    let negatives = 0;
    for (let j = 0; j < otherCodes.length; j++) if (otherCodes[j] !== code) others[negatives++] = j;
    if (negatives === 0) continue;
    for (const positive of order.subarray(starts[code], starts[code + 1])) {
      if (isSelf && positive === a) continue;
      triplets.anchors.fill(a, at, at + negatives);
      triplets.positives.fill(positive, at, at + negatives);
      triplets.negatives.set(others.subarray(0, negatives), at);
      at += negatives;
    }
  }
  return triplets;
}
