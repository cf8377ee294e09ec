import type { Labels } from "../matrix/labels.ts";
import { countOthers, groupLabels } from "./labelRuns.ts";
import { checkListLength } from "./listLength.ts";
import type { Pairs } from "./tuples.ts";

/**
 * Every pair that labels make, by anchor, in ascending order: positive where the labels are equal, negative where they
 * are not.
 *
 * @param labels one label an anchor
 * @param referenceLabels one label a reference. Without them the batch is compared with itself, each sample with all
 *   others but itself
 * @throws RangeError when there are more pairs than a list holds
 */
export function allPairs(labels: Labels, referenceLabels?: Labels | null): Pairs<Int32Array> {
  const runs = groupLabels(labels, referenceLabels);
  const { codes, otherCodes, isSelf } = runs;
  let positiveCount = 0;
  let negativeCount = 0;
  for (let a = 0; a < codes.length; a++) {
    const { positives, negatives } = countOthers(runs, a);
    positiveCount += positives;
    negativeCount += negatives;
  }
  const pairs = {
    anchors1: new Int32Array(checkListLength(positiveCount, "positive pairs")),
    positives: new Int32Array(positiveCount),
    anchors2: new Int32Array(checkListLength(negativeCount, "negative pairs")),
    negatives: new Int32Array(negativeCount),
  };
  let positive = 0;
  let negative = 0;
  for (let a = 0; a < codes.length; a++) {
    for (let j = 0; j < otherCodes.length; j++) {
      if (otherCodes[j] !== codes[a]) {
        pairs.anchors2[negative] = a;
        pairs.negatives[negative++] = j;
      } else if (!isSelf || j !== a) {
        pairs.anchors1[positive] = a;
        pairs.positives[positive++] = j;
      }
    }
  }
  return pairs;
}
