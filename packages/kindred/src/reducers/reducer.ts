import type { Label } from "../matrix/labels.ts";
import type { Reduction } from "./reduction.ts";

/** What the items of a sub-loss are: one an anchor, a positive pair, a negative pair or a triplet. */
export type ItemKind = "element" | "pos_pair" | "neg_pair" | "triplet";

/** What a reduction may need to know of the batch. */
export interface ReductionContext {
  readonly kind: ItemKind;
  /** The label of each anchor; null when the loss was called without labels. */
  readonly labels: ArrayLike<Label> | null;
}

/** Says how item losses become one number. */
export interface Reducer {
  readonly name: string;
  /** Whether it divides by a number that the loss must provide. Default false. */
  readonly needsDivisor?: boolean;
  /** Whether it reduces nothing and hands out the items instead: value and slopes are then 0. Default false. */
  readonly handsOutItems?: boolean;
  /** The names of the sub-losses that it has reducers of their own for. Default none. */
  readonly subLossNames?: readonly string[];
  /** The reducer of a sub-loss. Default: itself. */
  forSubLoss?(name: string): Reducer;
  /** Starts the reduction of one sub-loss over one batch. @throws TypeError when it cannot reduce such items */
  begin(context: ReductionContext): Reduction;
}
