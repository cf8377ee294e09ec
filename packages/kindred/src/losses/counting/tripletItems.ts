import { Recorder } from "../../reducers/doNothingReducer.ts";
import { LinearReduction } from "../../reducers/linearReduction.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import type { PairRow } from "../../batch/pairRow.ts";
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

/** Where the other two of a triplet stand. */
export type TripletPlace = (k: number) => [anchor: number, positive: number, negative: number];

/**
 * The triplets of one anchor after the other: items of violations v = x_p - y_n over all pairs of its positives and
 * negatives, or over those that are given. Hinges under linear reductions are counted by sorting, all others one by one;
 * triplets are never listed.
 */
export class TripletItems {
  readonly #item: TripletItem;
  readonly #hinge: TripletHinge | null;
  readonly #losses: Float64Array;
  readonly #weights: Float64Array;
  readonly #pulls: Float64Array;
  readonly #slopes: Float64Array;

  /** @param capacity the most positives or negatives that an anchor has */
  constructor(capacity: number, item: TripletItem) {
    this.#item = item;
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
   * @param isListed whether the k-th positive goes with the k-th negative alone
   */
  take(row: PairRow, x: Float64Array, y: Float64Array, isListed: boolean, reduction: Reduction): void {
    const positives = row.positives.count;
    const negatives = row.negatives.count;
    if (this.#hinge !== null && reduction instanceof LinearReduction) {
      if (isListed) this.#hinge.listed(row.anchor, x, y, positives, reduction);
      else this.#hinge.row(row.anchor, x, positives, y, negatives, reduction);
    } else if (isListed) this.#listed(row, x, y, positives, reduction);
    else this.#every(row, x, positives, y, negatives, reduction);
  }

  /**
   * Takes the triplets of one positive into the reduction, and turns y into slopes.
   *
   * @param y one entry a negative
   * @param place where the k-th triplet stands; @param rank where it stood in the list given
   * @returns the slope by x
   */
  takePositive(
    anchor: number,
    x: number,
    y: Float64Array,
    negatives: number,
    reduction: Reduction,
    place: TripletPlace,
    rank: (k: number) => number = zero,
  ): number {
    const { loss, slope } = this.#item;
    const losses = this.#losses;
    const weights = this.#weights;
    for (let k = 0; k < negatives; k++) losses[k] = loss(x - y[k]);
    if (reduction instanceof Recorder) reduction.locate(negatives, place, rank);
    reduction.weigh(anchor, losses, negatives, weights);
    let pull = 0;
    for (let k = 0; k < negatives; k++) {
      const pulled = weights[k] === 0 ? 0 : weights[k] * slope(x - y[k]);
      y[k] = -pulled;
      pull += pulled;
    }
    return pull;
  }

  #listed(row: PairRow, x: Float64Array, y: Float64Array, count: number, reduction: Reduction): void {
    const { loss, slope } = this.#item;
    const losses = this.#losses;
    const weights = this.#weights;
    for (let k = 0; k < count; k++) losses[k] = loss(x[k] - y[k]);
    if (reduction instanceof Recorder)
      reduction.locate(count, (k) => [row.anchor, row.positiveAt(k), row.negativeAt(k)], row.positiveRank);
    reduction.weigh(row.anchor, losses, count, weights);
    for (let k = 0; k < count; k++) {
      x[k] = weights[k] * slope(x[k] - y[k]);
      y[k] = -x[k];
    }
  }

  #every(
    row: PairRow,
    x: Float64Array,
    positives: number,
    y: Float64Array,
    negatives: number,
    reduction: Reduction,
  ): void {
    const pulls = this.#pulls.fill(0, 0, negatives);
    const slopes = this.#slopes;
    for (let p = 0; p < positives; p++) {
      slopes.set(y.subarray(0, negatives));
      const place: TripletPlace = (k) => [row.anchor, row.positiveAt(p), row.negativeAt(k)];
      x[p] = this.takePositive(row.anchor, x[p], slopes, negatives, reduction, place);
      for (let k = 0; k < negatives; k++) pulls[k] += slopes[k];
    }
    y.set(pulls.subarray(0, negatives));
  }
}

function zero(): number {
  return 0;
}
