import type { Random } from "../../matrix/random.ts";

/** Draws whole numbers 0 .. n - 1 with replacement, each as often as its weight says. */
export class WeightedDraw {
  /** The weights of 0 .. k together. */
  readonly #cumulated: Float64Array;

  /** @param weights >= 0, one of them at least above 0 */
  constructor(weights: ArrayLike<number>) {
    let total = 0;
    this.#cumulated = Float64Array.from(weights, (weight) => (total += weight));
  }

  next(random: Random): number {
    const cumulated = this.#cumulated;
    const weight = random.uniform() * cumulated[cumulated.length - 1];
    let from = 0;
    let to = cumulated.length - 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (cumulated[middle] > weight) to = middle;
      else from = middle + 1;
    }
    // a product rounded up to the whole total ends behind the last weight
    while (from > 0 && cumulated[from - 1] === cumulated[from]) from--;
    return from;
  }
}
