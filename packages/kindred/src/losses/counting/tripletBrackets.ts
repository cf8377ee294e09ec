import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { hinge, TripletItems } from "./tripletItems.ts";

/** How far a pair lies on the wrong side of a boundary beta: near(d_ap, beta) of positives, far(d_an, beta) of negatives. */
interface Sides {
  /** Grows one for one with d_ap and falls with beta. */
  readonly near: (d_ap: number, beta: number) => number;
  /** Falls one for one with d_an and grows with beta. */
  readonly far: (d_an: number, beta: number) => number;
}

/**
 * The triplets of one anchor after the other whose loss is [near]+ + [far]+: the hinge of x_p - y_n with x_p = [near]+ and
 * y_n = -[far]+, so that all triplets are counted by sorting.
 */
export class TripletBrackets {
  /** How many brackets of the triplets seen are above 0. */
  active = 0;
  readonly #sides: Sides;
  /** Which way d grows apart: 1, or -1 for similarities. */
  readonly #away: number;
  readonly #isListed: boolean;
  readonly #items: TripletItems;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #xSlopes: Float64Array;
  readonly #ySlopes: Float64Array;

  /**
   * @param capacity the most positives or negatives that an anchor has
   * @param away 1, or -1 for similarities, which `sides` are handed with their sign changed
   * @param isListed whether the k-th positive of an anchor goes with its k-th negative alone
   */
  constructor(capacity: number, sides: Sides, away: number, isListed: boolean) {
    this.#sides = sides;
    this.#away = away;
    this.#isListed = isListed;
    this.#items = new TripletItems(capacity, hinge, isListed);
    this.#x = new Float64Array(capacity);
    this.#y = new Float64Array(capacity);
    this.#xSlopes = new Float64Array(capacity);
    this.#ySlopes = new Float64Array(capacity);
  }

  /** How many triplets the row makes. */
  triplets({ positives, negatives }: AnchorRow): number {
    return this.#isListed ? positives.count : positives.count * negatives.count;
  }

  /** Takes an anchor's triplets into the reduction and replaces the distances by slopes; returns the slope by beta. */
  take(row: AnchorRow, beta: number, reduction: Reduction): number {
    const [x, y, xSlopes, ySlopes] = [this.#x, this.#y, this.#xSlopes, this.#ySlopes];
    const away = this.#away;
    const positives = row.positives.read(x);
    const negatives = row.negatives.read(y);
    // one for one with d, so that what they are at d = 0 says all
    const [nearest, farthest] = [this.#sides.near(0, beta), this.#sides.far(0, beta)];
    let [near, far] = [0, 0];
    for (let k = 0; k < positives; k++) {
      x[k] = xSlopes[k] = Math.max(0, away * x[k] + nearest);
      near += Number(x[k] > 0);
    }
    for (let k = 0; k < negatives; k++) {
      y[k] = ySlopes[k] = Math.min(0, away * y[k] - farthest);
      far += Number(y[k] < 0);
    }
    this.active += this.#isListed ? near + far : near * negatives + far * positives;
    this.#items.take(row, xSlopes, ySlopes, reduction);

    // a bracket of 0 passes nothing on
    let pull = 0;
    for (let k = 0; k < positives; k++) pull += xSlopes[k] = x[k] > 0 ? away * xSlopes[k] : 0;
    for (let k = 0; k < negatives; k++) pull += ySlopes[k] = y[k] < 0 ? away * ySlopes[k] : 0;
    row.positives.write(xSlopes);
    row.negatives.write(ySlopes);
    return -pull;
  }
}
