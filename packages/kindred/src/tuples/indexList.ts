import type { Pairs, Triplets } from "./tuples.ts";

/** Entries of the first piece of a list, and of all others (256 KB). */
const FIRST = 2 ** 8;
const PIECE = 2 ** 16;

/** Pieces of finished lists, for those to come: memory fresh from the system costs more than all that is written to it. */
const spare: Int32Array[] = [];
const MOST_SPARE = 32;

/** A growing list of row numbers. It grows by pieces, so that what it holds is copied once, in the end. */
export class IndexList {
  #full: Int32Array[] = [];
  #piece: Int32Array;
  /** Entries in use of the last piece, and of the full ones. */
  #used = 0;
  #before = 0;

  /** @param capacity how many entries are expected; a list of just as many is handed over without a copy */
  constructor(capacity = FIRST) {
    this.#piece = new Int32Array(capacity);
  }

  get length(): number {
    return this.#before + this.#used;
  }

  push(index: number): void {
    if (this.#used === this.#piece.length) this.#grow();
    this.#piece[this.#used++] = index;
  }

  /** Adds `count` times the same index. */
  pushTimes(index: number, count: number): void {
    let rest = count;
    while (rest > 0) {
      const room = this.#room();
      const taken = Math.min(rest, room);
      this.#piece.fill(index, this.#used, this.#used + taken);
      this.#used += taken;
      rest -= taken;
    }
  }

  /** Adds the entries `from` .. `to - 1` of a list. */
  pushRun(indices: Int32Array, from: number, to: number): void {
    let next = from;
    while (next < to) {
      const taken = Math.min(to - next, this.#room());
      this.#piece.set(indices.subarray(next, next + taken), this.#used);
      this.#used += taken;
      next += taken;
    }
  }

  /** Free entries of the last piece, at least one. */
  #room(): number {
    if (this.#used === this.#piece.length) this.#grow();
    return this.#piece.length - this.#used;
  }

  #grow(): void {
    this.#full.push(this.#piece);
    this.#before += this.#used;
    this.#piece = spare.pop() ?? new Int32Array(PIECE);
    this.#used = 0;
  }

  /** The entries, without spare room. They are the list's own memory: nothing may be pushed afterwards. */
  toArray(): Int32Array {
    if (this.#full.length === 0 && this.#used === this.#piece.length) return this.#piece;
    const entries = new Int32Array(this.length);
    let at = 0;
    for (const piece of this.#full) {
      entries.set(piece, at);
      at += piece.length;
    }
    entries.set(this.#piece.subarray(0, this.#used), at);
    for (const piece of [...this.#full, this.#piece])
      if (piece.length === PIECE && spare.length < MOST_SPARE) spare.push(piece);
    this.#full = [];
    this.#piece = entries;
    this.#used = entries.length;
    this.#before = 0;
    return entries;
  }
}

/** Growing lists of positive and negative pairs. */
export class PairList {
  readonly #anchors1 = new IndexList();
  readonly #positives = new IndexList();
  readonly #anchors2 = new IndexList();
  readonly #negatives = new IndexList();

  addPositive(anchor: number, positive: number): void {
    this.#anchors1.push(anchor);
    this.#positives.push(positive);
  }

  addNegative(anchor: number, negative: number): void {
    this.#anchors2.push(anchor);
    this.#negatives.push(negative);
  }

  /** Adds an anchor with the first `count` of its positives. */
  addPositives(anchor: number, positives: Int32Array, count: number): void {
    this.#anchors1.pushTimes(anchor, count);
    this.#positives.pushRun(positives, 0, count);
  }

  /** The same with negatives. */
  addNegatives(anchor: number, negatives: Int32Array, count: number): void {
    this.#anchors2.pushTimes(anchor, count);
    this.#negatives.pushRun(negatives, 0, count);
  }

  toPairs(): Pairs<Int32Array> {
    return {
      anchors1: this.#anchors1.toArray(),
      positives: this.#positives.toArray(),
      anchors2: this.#anchors2.toArray(),
      negatives: this.#negatives.toArray(),
    };
  }
}

/** Growing lists of triplets. */
export class TripletList {
  readonly #anchors: IndexList;
  readonly #positives: IndexList;
  readonly #negatives: IndexList;

  /** @param capacity how many triplets are expected */
  constructor(capacity = 64) {
    this.#anchors = new IndexList(capacity);
    this.#positives = new IndexList(capacity);
    this.#negatives = new IndexList(capacity);
  }

  add(anchor: number, positive: number, negative: number): void {
    this.#anchors.push(anchor);
    this.#positives.push(positive);
    this.#negatives.push(negative);
  }

  /** Adds an anchor and a positive with the negatives `from` .. `to - 1` of a list. */
  addRun(anchor: number, positive: number, negatives: Int32Array, from: number, to: number): void {
    this.#anchors.pushTimes(anchor, to - from);
    this.#positives.pushTimes(positive, to - from);
    this.#negatives.pushRun(negatives, from, to);
  }

  toTriplets(): Triplets<Int32Array> {
    return {
      anchors: this.#anchors.toArray(),
      positives: this.#positives.toArray(),
      negatives: this.#negatives.toArray(),
    };
  }
}
