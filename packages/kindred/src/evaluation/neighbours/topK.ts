import { selectBest, sortBest } from "./selection.ts";

/**
 * The k best candidates of each of many rows, fed one by one, in O(rows k) memory.
 *
 * A row collects up to 2k candidates and is then cut back to its k best, which costs a constant time a candidate. The worst
 * of the k is the row's threshold: a candidate that does not exceed it can be passed over without a call. Feed the
 * candidates of a row by ascending id: then passing over an equal score is right, since the lower id wins a tie.
 */
export class TopK {
  /** The score that a candidate of the row must exceed; -Infinity until the row has been cut back once. */
  readonly thresholds: Float32Array;
  /** Candidates of row r stand from `r * capacity` on. */
  readonly scores: Float32Array;
  readonly ids: Int32Array;
  readonly k: number;
  readonly #capacity: number;
  readonly #counts: Int32Array;

  constructor(rows: number, k: number) {
    this.k = k;
    this.#capacity = topKCapacity(k);
    this.thresholds = new Float32Array(rows).fill(-Infinity);
    this.scores = new Float32Array(rows * this.#capacity);
    this.ids = new Int32Array(rows * this.#capacity);
    this.#counts = new Int32Array(rows);
  }

  /** Adds a candidate whose score exceeds the row's threshold. */
  offer(row: number, id: number, score: number): void {
    const place = row * this.#capacity + this.#counts[row]++;
    this.scores[place] = score;
    this.ids[place] = id;
    if (this.#counts[row] === this.#capacity) this.#cutBack(row);
  }

  /**
   * Sorts the row, the best first.
   *
   * @returns the places of its candidates in `scores` and `ids`: at most k from `from` on
   */
  sorted(row: number): { from: number; count: number } {
    if (this.#counts[row] > this.k) this.#cutBack(row);
    const from = row * this.#capacity;
    const count = this.#counts[row];
    sortBest(this.scores, this.ids, from, from + count);
    return { from, count };
  }

  /** Forgets all candidates, to be fed anew. */
  clear(): void {
    this.thresholds.fill(-Infinity);
    this.#counts.fill(0);
  }

  #cutBack(row: number): void {
    const from = row * this.#capacity;
    selectBest(this.scores, this.ids, from, from + this.#counts[row], this.k);
    this.#counts[row] = this.k;
    let worst = Infinity;
    for (let place = from; place < from + this.k; place++) worst = Math.min(worst, this.scores[place]);
    this.thresholds[row] = worst;
  }
}

/** How many candidates a row of {@link TopK} holds before it is cut back. */
export function topKCapacity(k: number): number {
  return k + Math.max(k, 16);
}
