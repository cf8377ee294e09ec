import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Others } from "../../batch/others.ts";
import { firstAtLeast } from "../../matrix/sortedSearch.ts";
import { floatAtMost } from "./floatAtMost.ts";

/** Up to so many ends of windows are sorted by insertion, and each is counted up to by itself. */
const FEW_CUTS = 24;

/** Lists that triplets are written into. */
interface TripletArrays {
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/**
 * The triplets of one anchor whose negative is farther than the positive by more than `low` and at most `high`, as runs
 * of negatives, one a positive: low < negative - positive <= high.
 *
 * The ends of all windows are sorted, and each negative is put into the bin between two ends that holds it. A positive's
 * negatives are then neighbouring bins: P positives and N negatives cost (P + N) log P, and no triplet is looked at.
 */
export class TripletWindows {
  readonly #low: number;
  readonly #high: number;
  readonly #distances: Float64Array;
  readonly #positives: Int32Array;
  #positiveCount = 0;
  /** Of the k-th positive are the negatives starts[k] .. ends[k] - 1, counted bin after bin. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** The ends of all windows, ascending. */
  readonly #cuts: Float64Array;
  #cutCount = 0;
  /** How many negatives there are before each bin. */
  readonly #before: Int32Array;
  /** The negatives, bin after bin. */
  readonly #sorted: Int32Array;

  /** @param capacity how many references there are */
  constructor(capacity: number, [low, high]: readonly [low: number, high: number]) {
    this.#low = low;
    this.#high = high;
    this.#distances = new Float64Array(capacity);
    this.#positives = new Int32Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#cuts = new Float64Array(2 * capacity);
    this.#before = new Int32Array(2 * capacity + 2);
    this.#sorted = new Int32Array(capacity);
  }

  /** Reads a row and counts its triplets. */
  count({ positives, negatives }: AnchorRow): number {
    const count = positives.readWith(this.#distances, this.#positives);
    this.#positiveCount = count;
    this.#sortCuts();
    if (this.#cutCount <= FEW_CUTS) this.#countUpToCuts(negatives);
    else this.#countBins(negatives);
    let total = 0;
    for (let k = 0; k < count; k++) {
      const distance = this.#distances[k];
      this.#starts[k] = this.#low === -Infinity ? 0 : this.#atMost(distance + this.#low);
      this.#ends[k] = this.#high === Infinity ? negatives.count : this.#atMost(distance + this.#high);
      total += Math.max(0, this.#ends[k] - this.#starts[k]);
    }
    return total;
  }

  /** Writes positives and negatives of all triplets of the row, which was counted last, from `at` on. */
  write(row: AnchorRow, into: TripletArrays, at: number): void {
    this.#sortNegatives(row.negatives);
    const { positives, negatives } = into;
    // a run that lies within one written before is copied from there
    let writtenStart = 0;
    let writtenEnd = 0;
    let writtenAt = 0;
    for (let k = 0; k < this.#positiveCount; k++) {
      const start = this.#starts[k];
      const end = this.#ends[k];
      const length = end - start;
      if (length <= 0) continue;
      positives.fill(this.#positives[k], at, at + length);
      if (start >= writtenStart && end <= writtenEnd) {
        const from = writtenAt + start - writtenStart;
        negatives.copyWithin(at, from, from + length);
      } else {
        for (let r = 0; r < length; r++) negatives[at + r] = this.#sorted[start + r];
        [writtenStart, writtenEnd, writtenAt] = [start, end, at];
      }
      at += length;
    }
  }

  /** Writes only the triplets with the given numbers, which ascend, of those that `write` would write. */
  writeSome(row: AnchorRow, into: TripletArrays, at: number, chosen: ArrayLike<number>): void {
    this.#sortNegatives(row.negatives);
    let k = 0;
    let before = 0;
    for (let c = 0; c < chosen.length; c++) {
      for (;;) {
        const length = Math.max(0, this.#ends[k] - this.#starts[k]);
        if (chosen[c] < before + length) break;
        before += length;
        k++;
      }
      into.positives[at + c] = this.#positives[k];
      into.negatives[at + c] = this.#sorted[this.#starts[k] + chosen[c] - before];
    }
  }

  #sortCuts(): void {
    const cuts = this.#cuts;
    let count = 0;
    for (const shift of [this.#low, this.#high]) {
      if (!Number.isFinite(shift)) continue;
      for (let k = 0; k < this.#positiveCount; k++) cuts[count++] = this.#distances[k] + shift;
    }
    this.#cutCount = count;
    if (count > FEW_CUTS) cuts.subarray(0, count).sort();
    else sortByInsertion(cuts, count);
  }

  /** Fills `before` cut by cut, each with a pass over the row that decides nothing. */
  #countUpToCuts(negatives: Others): void {
    const before = this.#before;
    const count = negatives.count;
    let below = 0;
    before[0] = 0;
    for (let b = 0; b < this.#cutCount; b++) {
      if (below < count) below = count - negatives.countAbove(floatAtMost(this.#cuts[b]));
      before[b + 1] = below;
    }
    before[this.#cutCount + 1] = count;
  }

  /** Fills `before` with one pass that finds each negative's bin. */
  #countBins(negatives: Others): void {
    const before = this.#before;
    before.fill(0, 0, this.#cutCount + 2);
    const { start, end, holeStart, holeEnd } = negatives;
    const row = negatives.row();
    this.#countBinsOf(row, start, holeStart);
    this.#countBinsOf(row, holeEnd, end);
    for (let b = 0; b <= this.#cutCount; b++) before[b + 1] += before[b];
  }

  /** Counts the negatives of each bin, at places from .. to - 1: one further on, so that sums stand before their bins. */
  #countBinsOf(row: Float32Array, from: number, to: number): void {
    const before = this.#before;
    const cuts = this.#cuts;
    const count = this.#cutCount;
    for (let j = from; j < to; j++) before[firstAtLeast(cuts, row[j], count) + 1]++;
  }

  /** How many negatives are at most as far as a cut. */
  #atMost(cut: number): number {
    return this.#before[firstAtLeast(this.#cuts, cut, this.#cutCount) + 1];
  }

  /** Sorts negatives into their bins, and moves the start of each bin to its end. */
  #sortNegatives(negatives: Others): void {
    const { start, end, holeStart, holeEnd } = negatives;
    const row = negatives.row();
    this.#putIntoBins(row, negatives, start, holeStart);
    this.#putIntoBins(row, negatives, holeEnd, end);
  }

  #putIntoBins(row: Float32Array, { list, shift }: Others, from: number, to: number): void {
    const before = this.#before;
    const sorted = this.#sorted;
    const cuts = this.#cuts;
    const count = this.#cutCount;
    const first = cuts[0];
    const last = cuts[count - 1];
    let lowest = before[0];
    let highest = before[count];
    for (let j = from; j < to; j++) {
      const distance = row[j];
      const reference = list[j + shift];
      if (distance <= first) sorted[lowest++] = reference;
      else if (distance > last) sorted[highest++] = reference;
      else sorted[before[firstAtLeast(cuts, distance, count)]++] = reference;
    }
    before[0] = lowest;
    before[count] = highest;
  }
}

function sortByInsertion(list: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const entry = list[i];
    let place = i;
    for (; place > 0 && list[place - 1] > entry; place--) list[place] = list[place - 1];
    list[place] = entry;
  }
}
