import type { Distance } from "../../distances/distance.ts";

/** The distances of what was mined, in PML's names; a triplet's is that of its positive minus that of its negative. */
export interface EasyHardFigures {
  readonly easiestTriplet: number;
  readonly hardestTriplet: number;
  readonly easiestPosPair: number;
  readonly hardestPosPair: number;
  readonly easiestNegPair: number;
  readonly hardestNegPair: number;
}

export const noEasyHardFigures: EasyHardFigures = {
  easiestTriplet: 0,
  hardestTriplet: 0,
  easiestPosPair: 0,
  hardestPosPair: 0,
  easiestNegPair: 0,
  hardestNegPair: 0,
};

/** Collects the extremes of what is mined. */
export class EasyHardStatistics {
  readonly #sign: 1 | -1;
  readonly #triplets = new Extremes();
  readonly #positives = new Extremes();
  readonly #negatives = new Extremes();

  constructor(distance: Distance) {
    this.#sign = distance.away;
  }

  addTriplet(positive: number, negative: number): void {
    this.#triplets.add(positive - negative);
    this.#positives.add(positive);
    this.#negatives.add(negative);
  }

  addPositive(value: number): void {
    this.#positives.add(value);
  }

  addNegative(value: number): void {
    this.#negatives.add(value);
  }

  figures(): EasyHardFigures {
    const isFarther = this.#sign > 0;
    return {
      easiestTriplet: this.#triplets.end(!isFarther),
      hardestTriplet: this.#triplets.end(isFarther),
      easiestPosPair: this.#positives.end(!isFarther),
      hardestPosPair: this.#positives.end(isFarther),
      easiestNegPair: this.#negatives.end(isFarther),
      hardestNegPair: this.#negatives.end(!isFarther),
    };
  }
}

/** The least and the largest of some numbers. */
class Extremes {
  #least = Infinity;
  #most = -Infinity;

  add(value: number): void {
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
  }

  /** The largest or the least; 0 of none. */
  end(isLargest: boolean): number {
    const end = isLargest ? this.#most : this.#least;
    return Number.isFinite(end) ? end : 0;
  }
}
