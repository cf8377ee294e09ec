import type { Random } from "../../matrix/random.ts";
import { TripletList } from "../../tuples/indexList.ts";
import type { Triplets } from "../../tuples/tuples.ts";

/**
 * Collects triplets that come anchor by anchor, of each anchor all or a random sample of a given size. A sample is a
 * reservoir: the k-th triplet enters a full one with chance size / k, in place of any. Source: Vitter, "Random Sampling
 * with a Reservoir" (TOMS 1985).
 */
export class AnchorSample {
  readonly #most: number;
  readonly #random: Random;
  readonly #triplets = new TripletList();
  readonly #positives: number[] = [];
  readonly #negatives: number[] = [];
  #anchor = -1;
  #seen = 0;

  /** @param most the most triplets of an anchor; null: all */
  constructor(most: number | null, random: Random) {
    this.#most = most ?? Infinity;
    this.#random = random;
  }

  /** Adds a pair with the first `count` negatives of a list. All pairs of an anchor come one after the other. */
  add(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    if (this.#most === Infinity) {
      this.#triplets.addRun(anchor, positive, negatives, 0, count);
      return;
    }
    if (anchor !== this.#anchor) this.#flush(anchor);
    for (let k = 0; k < count; k++) {
      const seen = this.#seen++;
      const place = seen < this.#most ? seen : this.#random.below(seen + 1);
      if (place >= this.#most) continue;
      this.#positives[place] = positive;
      this.#negatives[place] = negatives[k];
    }
  }

  #flush(next: number): void {
    this.#positives.forEach((positive, k) => this.#triplets.add(this.#anchor, positive, this.#negatives[k]));
    this.#positives.length = 0;
    this.#negatives.length = 0;
    this.#seen = 0;
    this.#anchor = next;
  }

  toTriplets(): Triplets<Int32Array> {
    this.#flush(-1);
    return this.#triplets.toTriplets();
  }
}
