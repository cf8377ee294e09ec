import { isTriplets, type Pairs, type Triplets, type Tuples } from "./tuples.ts";

/** Two lists of pairs, or two of triplets, one after the other. */
export function joinTuples(first: Pairs, second: Pairs): Pairs<Int32Array>;
export function joinTuples(first: Triplets, second: Triplets): Triplets<Int32Array>;
export function joinTuples(first: Tuples, second: Tuples): Tuples<Int32Array> {
  if (isTriplets(first) && isTriplets(second)) {
    return {
      anchors: joined(first.anchors, second.anchors),
      positives: joined(first.positives, second.positives),
      negatives: joined(first.negatives, second.negatives),
    };
  }
  if (isTriplets(first) || isTriplets(second))
    throw new TypeError("pairs and triplets cannot be joined; convert one of them with toPairs or toTriplets");
  return {
    anchors1: joined(first.anchors1, second.anchors1),
    positives: joined(first.positives, second.positives),
    anchors2: joined(first.anchors2, second.anchors2),
    negatives: joined(first.negatives, second.negatives),
  };
}

function joined(first: ArrayLike<number>, second: ArrayLike<number>): Int32Array {
  const all = new Int32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
