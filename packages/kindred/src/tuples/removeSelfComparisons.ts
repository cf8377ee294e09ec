import { describe } from "../matrix/checks.ts";
import { IndexList } from "./indexList.ts";
import { isTriplets, type Pairs, type Triplets, type Tuples } from "./tuples.ts";

/** How a batch and its reference hold the same samples. */
export interface SharedSamples {
  /** Where in the reference each sample of the batch stands. */
  readonly batchIndices: ArrayLike<number>;
  /**
   * Whether it is the other way round: the reference is a part of the embeddings, and `batchIndices` says where in the
   * embeddings each of its rows stands. Default false.
   */
  readonly referenceIsSubset?: boolean | undefined;
}

/**
 * The tuples without positives that are the anchor itself, found again in a reference that holds the batch too (a memory,
 * say).
 *
 * @param tuples anchors are rows of the embeddings, positives and negatives rows of the reference
 * @throws TypeError when batchIndices is missing
 */
export function removeSelfComparisons(tuples: Pairs, shared: SharedSamples): Pairs<Int32Array>;
export function removeSelfComparisons(tuples: Triplets, shared: SharedSamples): Triplets<Int32Array>;
export function removeSelfComparisons(tuples: Tuples, shared: SharedSamples): Tuples<Int32Array>;
export function removeSelfComparisons(tuples: Tuples, shared: SharedSamples): Tuples<Int32Array> {
  const { batchIndices, referenceIsSubset = false } = shared;
  if (typeof batchIndices !== "object" || batchIndices === null)
    throw new TypeError(`batchIndices is ${describe(batchIndices)}; give the place of each sample in the reference`);
  const { positives } = tuples;
  const anchors = isTriplets(tuples) ? tuples.anchors : tuples.anchors1;
  const kept = new IndexList();
  for (let k = 0; k < positives.length; k++) {
    const [inPart, inWhole] = referenceIsSubset ? [positives[k], anchors[k]] : [anchors[k], positives[k]];
    if (batchIndices[inPart] !== inWhole) kept.push(k);
  }
  const places = kept.toArray();
  const take = (list: ArrayLike<number>): Int32Array => places.map((k) => list[k]);
  if (isTriplets(tuples))
    return { anchors: take(anchors), positives: take(positives), negatives: take(tuples.negatives) };
  return {
    anchors1: take(anchors),
    positives: take(positives),
    anchors2: Int32Array.from(tuples.anchors2),
    negatives: Int32Array.from(tuples.negatives),
  };
}
