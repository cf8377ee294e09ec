import { toNumber } from "./cells.ts";

/** Watches whether a column of whole numbers counts the rows: they go on in one direction, or lie as close together as rows do. */
export class RowCounter {
  readonly column: number;
  #direction = 0;
  #isMonotone = true;
  #isWhole = true;
  #previous = NaN;
  #least = Infinity;
  #most = -Infinity;

  constructor(column: number) {
    this.column = column;
  }

  add(cell: string): void {
    const value = toNumber(cell);
    this.#isWhole &&= Number.isSafeInteger(value);
    const step = Math.sign(value - this.#previous);
    if (!Number.isNaN(this.#previous)) {
      if (this.#direction === 0) this.#direction = step;
      this.#isMonotone &&= step !== 0 && step === this.#direction;
    }
    this.#previous = value;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
  }

  /** @param values the column, as float32 */
  counts(values: Float32Array): boolean {
    if (!this.#isWhole) return false;
    return this.#isMonotone || (this.#most - this.#least < 2 * values.length && this.#areDistinct(values));
  }

  #areDistinct(values: Float32Array): boolean {
    // beyond this float32 does not hold whole numbers apart
    if (Math.max(Math.abs(this.#least), Math.abs(this.#most)) > 2 ** 24) return false;
    const isThere = new Uint8Array(this.#most - this.#least + 1);
    return values.every((value) => isThere[value - this.#least]++ === 0);
  }
}
