import { forEachTile, type ScoreSpace } from "../../distances/scores/scoreSpace.ts";
import { searchTopK } from "../neighbours/searchTopK.ts";
import { sortBest } from "../neighbours/selection.ts";
import { type Hits, emptyHits } from "./hits.ts";
import type { RelevantCounts, Relevance } from "./relevance.ts";

/** Rows that are ranked as a whole at a time: 4 bytes x references each. */
const BAND_ROWS = 48;

/** Visits the hits of query `i`; `hits` is used again for the next query. */
export type HitVisitor = (i: number, hits: Hits) => void;

/** What is asked of every query. */
interface HitQuestion<L> {
  readonly relevance: Relevance<L>;
  readonly counts: RelevantCounts;
  /** 1 .. the references that a query can have */
  readonly k: number;
  /** Whether reference i is query i, which is then no neighbour of itself. */
  readonly isIncluded: boolean;
}

/**
 * Finds where the relevant references of each query stand among its k nearest, by one of two ways: the k nearest are
 * collected, or, where k is a good part of the references, no neighbour is kept and each relevant reference's rank is
 * counted.
 */
export function forEachHits<L>(space: ScoreSpace, question: HitQuestion<L>, visit: HitVisitor): void {
  const { relevance, counts, k, isIncluded } = question;
  if (k * 8 > space.cols) countRanks(space, question, visit);
  else {
    const reader = new HitReader(relevance, counts, k);
    searchTopK(space, k, isIncluded, (i, ids, from, count) => visit(i, reader.read(i, ids, from, count)));
  }
}

/** Turns neighbours into {@link Hits}. */
export class HitReader<L> {
  readonly #relevance: Relevance<L>;
  readonly #counts: RelevantCounts;
  readonly hits: Hits;

  constructor(relevance: Relevance<L>, counts: RelevantCounts, k: number) {
    this.#relevance = relevance;
    this.#counts = counts;
    this.hits = emptyHits(Math.min(k, Math.max(counts.largest, 1)) + 1, k);
  }

  /** The hits among the neighbours of query `i`, which stand in `ids` from `from` on, the nearest first. */
  read(i: number, ids: Int32Array, from: number, count: number): Hits {
    const { referenceClass } = this.#relevance;
    const gains = this.start(i);
    this.hits.nearest = count > 0 ? ids[from] : -1;
    for (let place = 0; place < count; place++) {
      const gain = gains[referenceClass[ids[from + place]]];
      if (gain > 0) this.add(place + 1, gain);
    }
    return this.hits;
  }

  /** Begins with query `i`; returns the gain of each class. */
  start(i: number): Float64Array {
    const { hits } = this;
    const gains = this.#relevance.gains(this.#relevance.queryClass[i]);
    hits.count = 0;
    hits.relevant = this.#counts.relevant[i];
    if (this.#relevance.isGraded) hits.idealGains = this.#ideal(i, gains);
    return gains;
  }

  add(rank: number, gain: number): void {
    this.hits.ranks[this.hits.count] = rank;
    this.hits.gains[this.hits.count++] = gain;
  }

  /** The gains of all that is relevant to query i, the largest first; the query itself taken out when it was not counted. */
  #ideal(i: number, gains: Float64Array): Float64Array {
    const { referenceCounts, referenceClass } = this.#relevance;
    const all: number[] = [];
    for (let c = 0; c < gains.length; c++) {
      if (gains[c] > 0) for (let times = 0; times < referenceCounts[c]; times++) all.push(gains[c]);
    }
    if (all.length > this.hits.relevant) all.splice(all.indexOf(gains[referenceClass[i]]), 1);
    return Float64Array.from(all).sort().reverse();
  }
}

/** Ranks are counted: the relevant references are sorted, and every other one is counted at the place it would take. */
function countRanks<L>(space: ScoreSpace, question: HitQuestion<L>, visit: HitVisitor): void {
  const { relevance, counts, k, isIncluded } = question;
  const { rows, cols } = space;
  const reader = new HitReader(relevance, counts, k);
  const ranks = new RelevantRanks(relevance.referenceClass, counts.largest);
  const band = new Float32Array(Math.min(BAND_ROWS, rows) * cols);
  for (let top = 0; top < rows; top += BAND_ROWS) {
    const bottom = Math.min(top + BAND_ROWS, rows);
    copyBand(space, top, bottom, band);
    for (let i = top; i < bottom; i++) {
      if (counts.relevant[i] === 0) continue;
      const gains = reader.start(i);
      ranks.count(band.subarray((i - top) * cols, (i - top + 1) * cols), gains, isIncluded ? i : -1);
      reader.hits.nearest = ranks.nearest;
      ranks.forEachUpTo(k, (rank, j) => reader.add(rank, gains[relevance.referenceClass[j]]));
      visit(i, reader.hits);
    }
  }
}

/** The ranks of a query's relevant references. */
class RelevantRanks {
  readonly #referenceClass: Int32Array;
  /** The relevant references and their scores, the best first. */
  readonly #ids: Int32Array;
  readonly #scores: Float32Array;
  #found = 0;
  /** How many irrelevant references are better than relevant one r but not than r - 1. */
  readonly #before: Int32Array;
  /** The nearest irrelevant reference, of those better than the worst relevant one. */
  #bestOther = -1;

  constructor(referenceClass: Int32Array, most: number) {
    this.#referenceClass = referenceClass;
    this.#ids = new Int32Array(most);
    this.#scores = new Float32Array(most);
    this.#before = new Int32Array(most + 1);
  }

  /**
   * Reads the scores of a query.
   *
   * @param row the score of each reference
   * @param gains what a class is worth; > 0 is relevant
   * @param self the query's own place among the references, or -1
   */
  count(row: Float32Array, gains: Float64Array, self: number): void {
    this.#sort(row, gains, self);
    const [ids, scores, before, found, classes] = [
      this.#ids,
      this.#scores,
      this.#before,
      this.#found,
      this.#referenceClass,
    ];
    before.fill(0, 0, found + 1);
    const worst = scores[found - 1];
    let bestOther = -1;
    for (let j = 0; j < row.length; j++) {
      const score = row[j];
      if (score < worst || j === self || gains[classes[j]] > 0) continue;
      if (bestOther < 0 || score > row[bestOther]) bestOther = j;
      let low = 0;
      let high = found;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (scores[middle] > score || (scores[middle] === score && ids[middle] < j)) low = middle + 1;
        else high = middle;
      }
      before[low]++;
    }
    this.#bestOther = bestOther;
  }

  /** The nearest reference, relevant or not. */
  get nearest(): number {
    return this.#before[0] > 0 ? this.#bestOther : this.#ids[0];
  }

  #sort(row: Float32Array, gains: Float64Array, self: number): void {
    const [ids, scores, classes] = [this.#ids, this.#scores, this.#referenceClass];
    let found = 0;
    for (let j = 0; j < row.length; j++) {
      if (gains[classes[j]] > 0 && j !== self) {
        scores[found] = row[j];
        ids[found++] = j;
      }
    }
    sortBest(scores, ids, 0, found);
    this.#found = found;
  }

  /** Visits the relevant references whose rank is at most k, the best first. */
  forEachUpTo(k: number, visit: (rank: number, reference: number) => void): void {
    let others = 0;
    for (let r = 0; r < this.#found; r++) {
      others += this.#before[r];
      const rank = others + r + 1;
      if (rank > k) return;
      visit(rank, this.#ids[r]);
    }
  }
}

function copyBand(space: ScoreSpace, rowStart: number, rowEnd: number, band: Float32Array): void {
  forEachTile(space, { rowStart, rowEnd }, (block, { scores, stride }) => {
    const width = block.colEnd - block.colStart;
    for (let r = 0; r < block.rowEnd - block.rowStart; r++) {
      band.set(
        scores.subarray(r * stride, r * stride + width),
        (block.rowStart - rowStart + r) * space.cols + block.colStart,
      );
    }
  });
}
