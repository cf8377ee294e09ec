import type { SubLoss } from "./subLoss.ts";

/** What has become of a sub-loss. */
export interface Reduced {
  readonly value: number;
  /** What every slope is to be multiplied by, on top of its item's weight. */
  readonly scale: number;
  readonly subLoss?: SubLoss;
}

/** How the items of one anchor weigh where they need not be listed. */
export interface Counting {
  /** Only items with low < loss < high count. */
  readonly low: number;
  readonly high: number;
  /** What the slope of an item that counts is multiplied by. */
  readonly weight: number;
}

/** Items of one anchor that were counted and not listed. */
export interface Counts {
  readonly items: number;
  /** Those with a loss other than 0. */
  readonly active: number;
  /** The active ones within the bounds of the {@link Counting}, and their sum. */
  readonly counted: number;
  readonly total: number;
}

/** Where an item stands: its anchor and what goes with it. */
export type ItemPlace = (k: number) => number[];

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
  readonly #loss = new Float64Array(1);
  readonly #weight = new Float64Array(1);

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

  /** {@link Reduction.weigh} for a single item. */
  weighOne(anchor: number, loss: number): number {
    this.#loss[0] = loss;
    this.weigh(anchor, this.#loss, 1, this.#weight);
    return this.#weight[0];
  }

  /** {@link Reduction.weigh} for `count` items of the same loss; gives the sum of their weights. */
  weighEqual(anchor: number, loss: number, count: number): number {
    const weights = new Float64Array(count);
    this.weigh(anchor, new Float64Array(count).fill(loss), count, weights);
    return weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** How the items of an anchor weigh where they may be counted instead of listed; null: they must be listed. */
  counting(_anchor: number): Counting | null {
    return null;
  }

  /** Takes items of one anchor that were counted: see {@link Reduction.counting}. */
  takeCounted(_anchor: number, _counts: Counts): void {
    throw new TypeError(`${this.constructor.name} counts no items; hand them to weigh`);
  }

  /** Whether it wants to be told by {@link Reduction.locate} where items stand. */
  readonly wantsPlaces: boolean = false;

  /**
   * Says where the items of the next {@link Reduction.weigh} stand.
   *
   * @param place the k-th item's anchor and what goes with it
   * @param rank where the k-th item stands among all; equal ranks are ordered by place
   */
  locate(_count: number, _place: ItemPlace, _rank: (k: number) => number): void {}

  /** The scale that it will come to after so many items, when it depends on nothing else; null: it does. */
  knownScale(_items: number, _divisor: number): number | null {
    return null;
  }

  /** This reduction with a {@link Reduction.factor}. */
  scaledBy(factor: number): this {
    this.factor = factor;
    return this;
  }

  protected abstract take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void;

  /** @param divisor what a DivisorReducer divides by, when the loss has one */
  abstract result(divisor?: number): Reduced;
}
