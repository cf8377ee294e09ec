import { checkListLength } from "./listLength.ts";
import type { Triplets } from "./tuples.ts";

/** Room for `count` triplets, all zero. @throws RangeError when there are more than a list holds */
export function emptyTriplets(count: number): Triplets<Int32Array> {
  return {
    anchors: new Int32Array(checkListLength(count, "triplets")),
    positives: new Int32Array(count),
    negatives: new Int32Array(count),
  };
}
