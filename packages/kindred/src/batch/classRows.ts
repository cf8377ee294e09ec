import type { Comparison, Distance } from "../distances/distance.ts";
import { Places } from "../kernels/places.ts";
import { heap, kernels, type Workspace } from "../kernels/runtime.ts";
import type { Batch } from "./batch.ts";
import { orderByClass } from "./pairRows.ts";

/** Streams a batch anchor by anchor, its references in class order. */
export class ClassRows {
  readonly sides: Comparison;
  /** The reference at each place of a row. */
  readonly order: Int32Array;
  readonly #row: ClassRow;
  readonly #codes: Int32Array;
  readonly #starts: Int32Array;

  constructor(workspace: Workspace, batch: Batch, distance: Distance) {
    const { embeddings, reference } = batch;
    const { order, starts } = orderByClass(batch.referenceCodes!, batch.classes.length);
    this.sides = distance.compare(workspace, embeddings, reference, reference === null ? order : null, order);
    this.order = order;
    this.#codes = batch.codes!;
    this.#starts = starts;
    this.#row = new ClassRow(order);
  }

  /** Visits every anchor, with one row object that is filled anew for each. */
  forEachRow(visit: (row: ClassRow) => void): void {
    const { query, reference, tiles } = this.sides;
    const isSelf = query === reference;
    tiles.forEachRow((place, pointer) => {
      const anchor = query.source(place);
      const code = this.#codes[anchor];
      this.#row.point(anchor, pointer, this.#starts[code], this.#starts[code + 1], isSelf ? place : -1);
      visit(this.#row);
    });
  }
}

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

/** One anchor with the distances of all references: those of its class are one run of the row, itself a hole in it. */
export class ClassRow {
  anchor = 0;
  readonly positives = new Places();
  readonly negatives = new Places();
  /** The reference at each place of the row. */
  readonly order: Int32Array;
  /** Where the row stands in the kernels' memory: the distance at place j is `heap()[first + j]`. */
  first = 0;
  /** The anchor's class: places start .. end - 1. */
  start = 0;
  end = 0;
  /** The place of the anchor itself; `end` where it is not among the references. */
  self = 0;

  constructor(order: Int32Array) {
    this.order = order;
  }

  /** Points at the row of an anchor: its class at places start .. end - 1, itself at `self` (-1: not among them). */
  point(anchor: number, pointer: number, start: number, end: number, self: number): void {
    this.anchor = anchor;
    this.first = pointer >>> 2;
    this.start = start;
    this.end = end;
    this.self = self < 0 ? end : self;
    this.positives.set(pointer, start, end, this.self, self < 0 ? end : self + 1);
    this.negatives.set(pointer, 0, this.order.length, start, end);
  }

  /** Turns similarities into distances: changes the sign of the whole row. */
  negate(): void {
    kernels.affine(4 * this.first, this.order.length, -1, 0);
  }

  /**
   * Copies the positives' distances and which references they are; returns how many there are.
   *
   * @param values, indices room for as many entries as there are references
   */
  readPositives(values: Float64Array, indices: Int32Array): number {
    const count = this.#read(this.start, this.self, values, indices, 0);
    return this.#read(this.self + 1, this.end, values, indices, count);
  }

  /** Copies the negatives, as {@link ClassRow.readPositives}. */
  readNegatives(values: Float64Array, indices: Int32Array): number {
    const count = this.#read(0, this.start, values, indices, 0);
    return this.#read(this.end, this.order.length, values, indices, count);
  }

  #read(from: number, to: number, values: Float64Array, indices: Int32Array, count: number): number {
    const floats = heap();
    for (let j = from; j < to; j++, count++) {
      values[count] = floats[this.first + j];
      indices[count] = this.order[j];
    }
    return count;
  }

  /**
   * The positives beyond a bound: those with sign * distance > sign * bound; sign is 1 or -1.
   *
   * @param out room for one entry more than there are references; the rest of it is scratch
   * @returns how many there are
   */
  selectPositives(sign: number, bound: number, out: Int32Array): number {
    const count = this.#select(this.start, this.self, sign, bound, out, 0);
    return this.#select(this.self + 1, this.end, sign, bound, out, count);
  }

  /** The negatives beyond a bound, as {@link ClassRow.selectPositives}. */
  selectNegatives(sign: number, bound: number, out: Int32Array): number {
    const count = this.#select(0, this.start, sign, bound, out, 0);
    return this.#select(this.end, this.order.length, sign, bound, out, count);
  }

  /**
   * Finds the positive with the largest sign * distance: below sign * limit where there is a limit, and its distance
   * within the range where there is one. Of equal ones it is the first of the row.
   *
   * @returns whether there is one; `found` says which
   */
  findPositive(sign: number, limit: number | null, range: Range | null, found: Found): boolean {
    if (this.positives.count === 0) return false;
    if (limit === null && range === null) {
      found.value = sign > 0 ? this.positives.max() : this.positives.min();
      found.place = this.#placeOf(found.value, this.start, this.end, this.self, this.self + 1);
    } else {
      found.place = -1;
      this.#find(this.start, this.self, sign, limit, range, found);
      this.#find(this.self + 1, this.end, sign, limit, range, found);
    }
    return this.#name(found);
  }

  /** Finds a negative, as {@link ClassRow.findPositive}. */
  findNegative(sign: number, limit: number | null, range: Range | null, found: Found): boolean {
    if (this.negatives.count === 0) return false;
    if (limit === null && range === null) {
      found.value = sign > 0 ? this.negatives.max() : this.negatives.min();
      found.place = this.#placeOf(found.value, 0, this.order.length, this.start, this.end);
    } else {
      found.place = -1;
      this.#find(0, this.start, sign, limit, range, found);
      this.#find(this.end, this.order.length, sign, limit, range, found);
    }
    return this.#name(found);
  }

  /** The first place with a distance among from .. to - 1, without the hole; -1 for none. */
  #placeOf(value: number, from: number, to: number, holeStart: number, holeEnd: number): number {
    const floats = heap();
    let place = floats.indexOf(value, this.first + from) - this.first;
    if (place >= holeStart && place < holeEnd) place = floats.indexOf(value, this.first + holeEnd) - this.first;
    return place >= 0 && place < to ? place : -1;
  }

  #find(from: number, to: number, sign: number, limit: number | null, range: Range | null, found: Found): void {
    const floats = heap();
    const below = limit === null ? Infinity : sign * limit;
    const low = range === null ? -Infinity : range[0];
    const high = range === null ? Infinity : range[1];
    let best = found.place < 0 ? -Infinity : sign * found.value;
    for (let j = from; j < to; j++) {
      const value = floats[this.first + j];
      if (value < low || value > high || sign * value >= below || sign * value <= best) continue;
      best = sign * value;
      found.place = j;
      found.value = value;
    }
  }

  #name(found: Found): boolean {
    if (found.place >= 0) found.index = this.order[found.place];
    return found.place >= 0;
  }

  /** Every entry is written and only those beyond the bound counted: no branch depends on the distances. */
  #select(from: number, to: number, sign: number, bound: number, out: Int32Array, count: number): number {
    const floats = heap();
    const first = this.first;
    const order = this.order;
    const limit = sign * bound;
    for (let j = from; j < to; j++) {
      out[count] = order[j];
      count += sign * floats[first + j] > limit ? 1 : 0;
    }
    return count;
  }
}
