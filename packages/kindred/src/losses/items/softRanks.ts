import type { Places } from "../../kernels/places.ts";

/** Beyond this a sigmoid is taken to be 0 or 1. */
const STEEPEST = 50;

/** What a rank costs, and its slope. */
export interface Penalty {
  readonly loss: number;
  readonly slope: number;
}

/** Counts, smoothly, the negatives before each positive of an anchor: R_p = sum_n sigmoid((s_n - s_p) / anneal). */
export class SoftRanks {
  readonly #anneal: number;
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  readonly #pulls: Float64Array;
  readonly #shares: Float64Array;

  /** @param capacity the most positives or negatives of an anchor */
  constructor(capacity: number, anneal: number) {
    this.#anneal = anneal;
    this.#positives = new Float64Array(capacity);
    this.#negatives = new Float64Array(capacity);
    this.#pulls = new Float64Array(capacity);
    this.#shares = new Float64Array(capacity);
  }

  /** weight x the mean penalty of the positives; replaces the similarities by its slopes. */
  penalize(positives: Places, negatives: Places, penalty: (rank: number) => Penalty, weight: number): number {
    const similarities = this.#positives;
    const others = this.#negatives;
    const pulls = this.#pulls;
    const shares = this.#shares;
    const steepness = 1 / this.#anneal;
    const count = positives.read(similarities);
    const negativeCount = negatives.read(others);
    pulls.fill(0, 0, negativeCount);
    let value = 0;
    for (let p = 0; p < count; p++) {
      let rank = 0;
      for (let n = 0; n < negativeCount; n++) {
        const x = (others[n] - similarities[p]) * steepness;
        const share = x < -STEEPEST ? 0 : x > STEEPEST ? 1 : 1 / (1 + Math.exp(-x));
        rank += share;
        shares[n] = share;
      }
      const { loss, slope } = penalty(rank);
      value += (weight / count) * loss;
      const factor = (weight / count) * slope * steepness;
      let pull = 0;
      for (let n = 0; n < negativeCount; n++) {
        const pulled = factor * shares[n] * (1 - shares[n]);
        pulls[n] += pulled;
        pull += pulled;
      }
      similarities[p] = -pull;
    }
    positives.write(similarities);
    negatives.write(pulls);
    return value;
  }
}
