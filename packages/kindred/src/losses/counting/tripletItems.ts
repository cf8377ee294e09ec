import type { AnchorRow } from "../../batch/anchorRow.ts";
import { prefix } from "../../matrix/prefix.ts";
import type { ItemPlace, Reduction } from "../../reducers/reduction.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { TripletHinge } from "./tripletHinge.ts";

/** The loss of a triplet by its violation v = x_p - y_n, and its slope. */
export interface TripletItem {
  readonly loss: (violation: number) => number;
  readonly slope: (violation: number) => number;
}

/** [v]+ */
export const hinge: TripletItem = {
  loss: (violation) => (violation > 0 ? violation : 0),
  slope: (violation) => (violation > 0 ? 1 : 0),
};

/** log(1 + e^v) */
export const softHinge: TripletItem = { loss: softplus, slope: sigmoid };

/** The triplets that one positive of an anchor makes. */
interface TripletsOfPositive {
  readonly anchor: number;
  readonly x: number;
  /** One entry a negative, the first `count` of them. */
  readonly y: Float64Array;
  readonly count: number;
  /** Where the k-th triplet stands: anchor, positive and negative. */
  readonly place: ItemPlace;
  /** Where they stood in the tuples given; 0 where none were. */
  readonly rank: number;
}

/**
 * The triplets of one anchor after the other: items of violations v = x_p - y_n over all pairs of its positives and
 * negatives, or over those that are given. Hinges under reductions that count are counted by sorting, all others one by one;
 * triplets are never listed.
 */
export class TripletItems {
  readonly #item: TripletItem;
  readonly #isListed: boolean;
  readonly #hinge: TripletHinge | null;
  readonly #losses: Float64Array;
  readonly #weights: Float64Array;
  readonly #pulls: Float64Array;
  readonly #slopes: Float64Array;
  #near: Float64Array = new Float64Array();
  #far: Float64Array = new Float64Array();

  /**
   * @param capacity the most positives or negatives that an anchor has
   * @param isListed whether the k-th positive of an anchor goes with its k-th negative alone
   */
  constructor(capacity: number, item: TripletItem, isListed: boolean) {
    this.#item = item;
    this.#isListed = isListed;
    this.#hinge = item === hinge ? new TripletHinge(capacity) : null;
    this.#losses = new Float64Array(capacity);
    this.#weights = new Float64Array(capacity);
    this.#pulls = new Float64Array(capacity);
    this.#slopes = new Float64Array(capacity);
  }

  /**
   * Takes the triplets of an anchor into the reduction, and turns x and y into the slopes of their weighted sum.
   *
   * @param x one entry a positive of the row; @param y one entry a negative
   */
  take(row: AnchorRow, x: Float64Array, y: Float64Array, reduction: Reduction): void {
    const counting = this.#hinge === null ? null : reduction.counting(row.anchor);
    if (counting !== null) {
      this.#near = prefix(x, row.positives.count, this.#near);
      this.#far = prefix(y, row.negatives.count, this.#far);
      const counts = this.#isListed
        ? this.#hinge!.listed(this.#near, this.#far, counting)
        : this.#hinge!.all(this.#near, this.#far, counting);
      reduction.takeCounted(row.anchor, counts);
    } else if (this.#isListed) this.#listed(row, x, y, reduction);
    else this.#every(row, x, y, reduction);
  }

  /** Takes the triplets of one positive into the reduction, and turns y into slopes; returns the slope by x. */
  takePositive({ anchor, x, y, count, place, rank }: TripletsOfPositive, reduction: Reduction): number {
    const { loss, slope } = this.#item;
    const losses = this.#losses;
    const weights = this.#weights;
    for (let k = 0; k < count; k++) losses[k] = loss(x - y[k]);
    if (reduction.wantsPlaces) reduction.locate(count, place, () => rank);
    reduction.weigh(anchor, losses, count, weights);
    let pull = 0;
    for (let k = 0; k < count; k++) {
      const pulled = weights[k] === 0 ? 0 : weights[k] * slope(x - y[k]);
      y[k] = -pulled;
      pull += pulled;
    }
    return pull;
  }

  #listed({ anchor, positives, negatives }: AnchorRow, x: Float64Array, y: Float64Array, reduction: Reduction): void {
    const { loss, slope } = this.#item;
    const { count } = positives;
    const losses = this.#losses;
    const weights = this.#weights;
    for (let k = 0; k < count; k++) losses[k] = loss(x[k] - y[k]);
    if (reduction.wantsPlaces)
      reduction.locate(
        count,
        (k) => [anchor, positives.reference(k), negatives.reference(k)],
        (k) => positives.rank(k),
      );
    reduction.weigh(anchor, losses, count, weights);
    for (let k = 0; k < count; k++) {
      x[k] = weights[k] * slope(x[k] - y[k]);
      y[k] = -x[k];
    }
  }

  #every({ anchor, positives, negatives }: AnchorRow, x: Float64Array, y: Float64Array, reduction: Reduction): void {
    const { count } = negatives;
    const pulls = this.#pulls.fill(0, 0, count);
    const slopes = this.#slopes;
    for (let p = 0; p < positives.count; p++) {
      slopes.set(y.subarray(0, count));
      const place: ItemPlace = (k) => [anchor, positives.reference(p), negatives.reference(k)];
      x[p] = this.takePositive({ anchor, x: x[p], y: slopes, count, place, rank: 0 }, reduction);
      for (let k = 0; k < count; k++) pulls[k] += slopes[k];
    }
    y.set(pulls.subarray(0, count));
  }
}
