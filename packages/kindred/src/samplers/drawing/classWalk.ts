import type { Random } from "../../matrix/random.ts";

/** Walks through the samples of a class in random order, again and again. */
export class ClassWalk {
  readonly #order: Int32Array;
  readonly #random: Random;
  #position = 0;

  constructor(members: Int32Array, random: Random) {
    this.#order = random.shuffle(members.slice());
    this.#random = random;
  }

  /** The next sample. */
  next(): number {
    const row = this.#order[this.#position];
    this.#position = (this.#position + 1) % this.#order.length;
    return row;
  }

  /**
   * Writes the next m samples. A class with fewer repeats them, or borrows from all `lenders` rows when there are any.
   */
  take(m: number, lenders: number, rows: Int32Array, at: number): void {
    const size = this.#order.length;
    const own = lenders > 0 ? Math.min(m, size) : m;
    for (let k = 0; k < own; k++) rows[at + k] = this.next();
    for (let k = own; k < m; k++) rows[at + k] = this.#random.integer(lenders);
  }

  /** Writes one sample more at rows[end], preferably one that rows[start] .. rows[end - 1] lack. */
  takeFurther(rows: Int32Array, start: number, end: number): void {
    const present = new Set(rows.subarray(start, end));
    const absent = this.#order.filter((row) => !present.has(row));
    const choice = absent.length > 0 ? absent : this.#order;
    rows[end] = choice[this.#random.integer(choice.length)];
  }
}
