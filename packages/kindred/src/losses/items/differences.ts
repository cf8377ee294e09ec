import type { Comparison } from "../../distances/distance.ts";

/** The differences d_ap - d_an of a batch's triplets, some at a time: they are never listed as a whole. */
export interface Differences {
  /** What was compared; holds the slopes in the end. */
  readonly sides: Comparison;
  /** Visits all of them; the array is used again. */
  forEach(visit: (differences: Float64Array) => void): void;
  /** Pulls back d value / d difference of each. @param toSlopes replaces differences by slopes */
  pullBack(toSlopes: (differences: Float64Array) => void): void;
}
