import type { AnchorRow } from "../../batch/anchorRow.ts";

/** The pairs of one kind on the wrong side of a margin, v = sign (s - margin) >= 0, and the mean of v over them. */
export class HardPairs {
  /** All pairs seen, and those with v > 0. */
  items = 0;
  activeItems = 0;
  readonly #kind: "positives" | "negatives";
  readonly #sign: number;
  readonly #margin: number;
  #count = 0;
  #total = 0;

  constructor(kind: "positives" | "negatives", sign: number, margin: number) {
    this.#kind = kind;
    this.#sign = sign;
    this.#margin = margin;
  }

  /** The mean of v; 0 of no hard pair. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#total / this.#count;
  }

  /** Takes an anchor's pairs. */
  add(row: AnchorRow): void {
    const { values } = row;
    const count = row[this.#kind].read(values);
    let [hard, active, total] = [0, 0, 0];
    for (let k = 0; k < count; k++) {
      const v = this.#sign * (values[k] - this.#margin);
      if (v < 0) continue;
      hard++;
      if (v > 0) active++;
      total += v;
    }
    this.items += count;
    this.activeItems += active;
    this.#count += hard;
    this.#total += total;
  }

  /** s <- weight d mean / ds, when all pairs have been taken. */
  writeSlopes(row: AnchorRow, weight: number): void {
    const { values } = row;
    const places = row[this.#kind];
    const count = places.read(values);
    const slope = (weight * this.#sign) / this.#count;
    for (let k = 0; k < count; k++) values[k] = this.#sign * (values[k] - this.#margin) < 0 ? 0 : slope;
    places.write(values);
  }
}
