import type { Label } from "../matrix/labels.ts";
import type { SubLoss } from "./subLoss.ts";

/** What the items of a sub-loss are: one an anchor, a positive pair, a negative pair or a triplet. */
export type ItemKind = "element" | "pos_pair" | "neg_pair" | "triplet";

/** What a reduction may need to know of the batch. */
export interface ReductionContext {
  readonly kind: ItemKind;
  /** The label of each anchor; null when the loss was called without labels. */
  readonly labels: ArrayLike<Label> | null;
}

/** What has become of a sub-loss. */
export interface Reduced {
  readonly value: number;
  /** What every slope is to be multiplied by, on top of its item's weight. */
  readonly scale: number;
  readonly subLoss?: SubLoss;
}

/**
 * The reduction of one sub-loss over one batch. An item's weight is known by the item itself; the scale (1 / count, say)
 * is known when all items have been seen. So slopes are formed in one pass and scaled in the end.
 */
export abstract class Reduction {
  /** Items seen, and those among them that have a loss other than 0 and a weight: what can be learned from. */
  items = 0;
  activeItems = 0;
  /** What the weights of slopes are multiplied by besides: a scale that is known before the items are. */
  factor = 1;

  /**
   * Takes the items of one anchor and says what the slope of each is to be multiplied by.
   *
   * @param losses the item losses, the first `count` entries
   * @param weights where the weights are written
   */
  weigh(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    this.items += count;
    this.take(anchor, losses, count, weights);
    for (let k = 0; k < count; k++) if (losses[k] !== 0 && weights[k] !== 0) this.activeItems++;
    if (this.factor !== 1) for (let k = 0; k < count; k++) weights[k] *= this.factor;
  }

  /** This reduction with a {@link Reduction.factor}. */
  scaledBy(factor: number): this {
    this.factor = factor;
    return this;
  }

  /** {@link Reduction.weigh} for a single item. */
  weighOne(anchor: number, loss: number): number {
    single[0] = loss;
    this.weigh(anchor, single, 1, singleWeight);
    return singleWeight[0];
  }

  protected abstract take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void;

  /** @param divisor what a DivisorReducer divides by, when the loss has one */
  abstract result(divisor?: number): Reduced;
}

const single = new Float64Array(1);
const singleWeight = new Float64Array(1);

/** Says how item losses become one number. */
export interface Reducer {
  readonly name: string;
  /** Whether it divides by a number that the loss must provide. */
  readonly needsDivisor?: boolean;
  /** Starts the reduction of one sub-loss over one batch. @throws TypeError when it cannot reduce such items */
  begin(context: ReductionContext): Reduction;
}
