import { Places } from "../kernels/places.ts";
import { Run } from "../kernels/run.ts";

/** The least and the largest distance that a pair may have. */
export type Range = readonly [least: number, most: number];

/** A pair that was found in a row. */
export interface Found {
  /** Its place in the row; -1 for none. */
  place: number;
  /** The reference there. */
  index: number;
  /** Its distance. */
  value: number;
}

/** What is looked for in a row: the largest sign * distance below sign * limit and within the range, null being no bound. */
export interface Wanted {
  readonly sign: number;
  readonly limit: number | null;
  readonly range: Range | null;
}

/** The positives or the negatives of an anchor: a run of distances in its row with one hole, each with its reference. */
export class Others extends Places {
  readonly #row = new Run();
  #list: Int32Array = new Int32Array(0);
  #shift = 0;
  #ranks: Int32Array | null = null;
  #isListed = false;

  /**
   * Names what stands in a row, before {@link Places.set} points at some of it: the reference at place j is list[j + shift].
   *
   * @param ranks where in the tuples given each entry of the list stood; null: where it stands in the list; undefined:
   *   there are no tuples
   */
  name(row: Run, list: Int32Array, shift = 0, ranks?: Int32Array | null): this {
    this.#row.pointAt(row);
    this.#list = list;
    this.#shift = shift;
    this.#isListed = ranks !== undefined;
    this.#ranks = ranks ?? null;
    return this;
  }

  /**
   * The row that they stand in: the distance at place j is row()[j], the reference there list[j + shift]. It is a view, which
   * dies when the memory grows.
   */
  row(): Float32Array {
    return this.#row.view();
  }

  get list(): Int32Array {
    return this.#list;
  }

  get shift(): number {
    return this.#shift;
  }

  /** Which reference the k-th is. */
  reference(k: number): number {
    return this.#list[this.place(k) + this.#shift];
  }

  /** Where the k-th stood in the tuples given; 0 where none were. */
  rank(k: number): number {
    if (!this.#isListed) return 0;
    const at = this.place(k) + this.#shift;
    return this.#ranks === null ? at : this.#ranks[at];
  }

  /** Copies the distances and which references they are; returns how many there are. */
  readWith(values: Float64Array, references: Int32Array): number {
    const floats = this.#row.view();
    let count = 0;
    for (let half = 0; half < 2; half++) {
      const [from, to] = half === 0 ? [this.start, this.holeStart] : [this.holeEnd, this.end];
      for (let j = from; j < to; j++, count++) {
        values[count] = floats[j];
        references[count] = this.#list[j + this.#shift];
      }
    }
    return count;
  }

  /**
   * Those beyond a bound: with sign * distance > sign * bound; sign is 1 or -1. Every entry is written and only those
   * beyond the bound counted: no branch depends on the distances.
   *
   * @param out room for one entry more than there are references; the rest of it is scratch
   * @returns how many there are
   */
  select(sign: number, bound: number, out: Int32Array): number {
    const floats = this.#row.view();
    const list = this.#list;
    const shift = this.#shift;
    const limit = sign * bound;
    let count = 0;
    for (let half = 0; half < 2; half++) {
      const [from, to] = half === 0 ? [this.start, this.holeStart] : [this.holeEnd, this.end];
      for (let j = from; j < to; j++) {
        out[count] = list[j + shift];
        count += sign * floats[j] > limit ? 1 : 0;
      }
    }
    return count;
  }

  /** Finds what is wanted; of equal ones it is the first of the row. Returns whether there is one; `found` says which. */
  find(wanted: Wanted, found: Found): boolean {
    found.place = -1;
    if (this.count === 0) return false;
    if (wanted.limit === null && wanted.range === null) this.#findEnd(wanted.sign, found);
    else this.#findWithin(wanted, found);
    if (found.place >= 0) found.index = this.#list[found.place + this.#shift];
    return found.place >= 0;
  }

  #findEnd(sign: number, found: Found): void {
    found.value = sign > 0 ? this.max() : this.min();
    const floats = this.#row.view();
    let place = floats.indexOf(found.value, this.start);
    if (place >= this.holeStart && place < this.holeEnd) place = floats.indexOf(found.value, this.holeEnd);
    found.place = place >= 0 && place < this.end ? place : -1;
  }

  #findWithin({ sign, limit, range }: Wanted, found: Found): void {
    const floats = this.#row.view();
    const below = limit === null ? Infinity : sign * limit;
    const [low, high] = range ?? [-Infinity, Infinity];
    let best = -Infinity;
    for (let half = 0; half < 2; half++) {
      const [from, to] = half === 0 ? [this.start, this.holeStart] : [this.holeEnd, this.end];
      for (let j = from; j < to; j++) {
        const value = floats[j];
        if (value < low || value > high || sign * value >= below || sign * value <= best) continue;
        best = sign * value;
        found.place = j;
        found.value = value;
      }
    }
  }
}
