import type { Comparison } from "../../distances/distance.ts";

/** The differences d_ap - d_an of a batch's triplets, one by one: none is listed. */
export interface Differences {
  /** What was compared; holds the slopes in the end. */
  readonly sides: Comparison;
  forEach(visit: (difference: number) => void): void;
  /** Pulls back d value / d difference of each, in the order of {@link Differences.forEach}. */
  pullBack(slope: (difference: number) => number): void;
}
