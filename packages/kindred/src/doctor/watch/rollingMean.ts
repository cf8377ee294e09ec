import { keptCount, keptFloats } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";

/** The mean of the last values. */
export class RollingMean {
  readonly #values: Float64Array;
  #count = 0;

  /** The values and how many there have been. */
  readonly stateRecord: StateRecord;

  constructor(size: number) {
    this.#values = new Float64Array(size);
    this.stateRecord = {
      values: keptFloats({ get: () => this.#values, set: (values) => this.#values.set(values) }, size),
      count: keptCount({ get: () => this.#count, set: (count) => (this.#count = count) }),
    };
  }

  get isFull(): boolean {
    return this.#count >= this.#values.length;
  }

  get mean(): number {
    const present = Math.min(this.#count, this.#values.length);
    let sum = 0;
    for (let k = 0; k < present; k++) sum += this.#values[k];
    return present === 0 ? 0 : sum / present;
  }

  /** Adds a value and gives the one that it drives out, if any. */
  add(value: number): number | null {
    const place = this.#count % this.#values.length;
    const left = this.isFull ? this.#values[place] : null;
    this.#values[place] = value;
    this.#count++;
    return left;
  }
}
