import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { RowBlock, rowStride, type RowForm } from "./rowBlock.ts";

/** Floats of all blocks together (16 MB). */
const BLOCK_FLOATS = 2 ** 22;

/** The positives of each anchor, by their places on the sides. */
export interface PositivePlaces {
  readonly count: (anchor: number) => number;
  readonly place: (anchor: number, k: number) => number;
}

/** A positive pair with the rows of both, one float a reference. It is reused for the next pair. */
export interface RowPair {
  readonly anchor: number;
  readonly positive: number;
  /** The positive is the anchor's k-th, the pair the index-th of its block. */
  readonly k: number;
  readonly index: number;
  readonly anchorRow: Run;
  readonly positiveRow: Run;
  /** Where slopes are added; only in {@link BlockOfPairs.pullBack}. */
  readonly anchorSlopes: Run;
  readonly positiveSlopes: Run;
}

type RowPairVisitor = (pair: RowPair) => void;

/** The positive pairs of neighbouring anchors. */
export interface BlockOfPairs {
  readonly firstAnchor: number;
  readonly anchors: number;
  readonly pairs: number;
  forEachPair(visit: RowPairVisitor): void;
  /** Visits every pair; what the visitor adds to the slopes is pulled back. */
  pullBack(visit: RowPairVisitor): void;
}

/**
 * Streams positive pairs, each with its anchor's row and its positive's row, for losses that compare an anchor's negatives
 * with those of its positives. Both kinds of rows are formed in blocks. In a batch with itself blocks end where no pair is
 * cut in two, if there is such a place: the positives of a block are then in the block itself.
 */
export class PairedRows {
  readonly #forms: readonly RowForm[];
  readonly #places: PositivePlaces;
  readonly #anchors: RowBlock;
  /** The anchors' block itself where it holds all rows. */
  readonly #positives: RowBlock;
  /** Where blocks start, and where the last one ends. */
  readonly #anchorStarts: readonly number[];
  readonly #positiveStarts: readonly number[];
  /** The block that each positive is in. */
  readonly #blockOf: Int32Array;

  /**
   * @param anchors forms the row of an anchor; @param positives forms the row of a positive: the same object for a batch
   *   with itself
   */
  constructor(workspace: Workspace, anchors: RowForm, positives: RowForm, places: PositivePlaces) {
    this.#forms = anchors === positives ? [anchors] : [anchors, positives];
    this.#places = places;
    const [rows, others] = [anchors.form.query.rows, positives.form.query.rows];
    const stride = rowStride(anchors.form.reference.rows);
    const buffers = anchors.power === 1 ? 2 : 3;
    const isSelf = anchors === positives;
    const isWhole = isSelf && buffers * rows * stride <= BLOCK_FLOATS;
    const capacity = isWhole ? rows : Math.max(1, Math.floor(BLOCK_FLOATS / (2 * buffers * stride)));
    this.#anchors = new RowBlock(workspace, anchors, Math.min(rows, capacity));
    this.#positives = isWhole ? this.#anchors : new RowBlock(workspace, positives, Math.min(others, capacity));
    const cuts = isSelf && !isWhole ? cutPairs(places, rows) : null;
    this.#anchorStarts = blockStarts(rows, capacity, cuts);
    this.#positiveStarts = isSelf ? this.#anchorStarts : blockStarts(others, capacity, null);
    this.#blockOf = new Int32Array(others);
    for (let b = 0; b + 1 < this.#positiveStarts.length; b++)
      this.#blockOf.fill(b, this.#positiveStarts[b], this.#positiveStarts[b + 1]);
  }

  /** Works through the anchors, block after block, and completes the slopes of the sides. */
  forEachBlock(work: (block: BlockOfPairs) => void): void {
    for (const { form } of this.#forms) form.beginPull();
    for (let b = 0; b + 1 < this.#anchorStarts.length; b++) {
      const [firstAnchor, end] = [this.#anchorStarts[b], this.#anchorStarts[b + 1]];
      let pairs = 0;
      for (let a = firstAnchor; a < end; a++) pairs += this.#places.count(a);
      this.#anchors.open(firstAnchor, end - firstAnchor);
      work({
        firstAnchor,
        anchors: end - firstAnchor,
        pairs,
        forEachPair: (visit) => {
          this.#walk(visit, false);
        },
        pullBack: (visit) => {
          this.#walk(visit, true);
        },
      });
      this.#anchors.pull();
    }
    for (const { form } of this.#forms) form.finishPull();
  }

  #walk(visit: RowPairVisitor, isPulled: boolean): void {
    const isSelf = this.#forms.length === 1;
    for (const b of this.#blocksOfPositives()) {
      const [from, to] = [this.#positiveStarts[b], this.#positiveStarts[b + 1]];
      const isOwn = isSelf && from === this.#anchors.start;
      const positives = isOwn ? this.#anchors : this.#positives;
      const isOpen = positives.rows > 0 && positives.start === from;
      if (!isOpen) positives.open(from, to - from);
      this.#visitPairs(positives, visit);
      if (isPulled && !isOwn) positives.pull();
    }
  }

  /** The blocks of positives that the anchors at hand have pairs with. */
  #blocksOfPositives(): readonly number[] {
    const blocks = new Set<number>();
    const { start, rows } = this.#anchors;
    for (let a = start; a < start + rows; a++) {
      const count = this.#places.count(a);
      for (let k = 0; k < count; k++) blocks.add(this.#blockOf[this.#places.place(a, k)]);
    }
    return [...blocks].sort((x, y) => x - y);
  }

  /** Visits the pairs of the anchors and the positives at hand. */
  #visitPairs(positives: RowBlock, visit: RowPairVisitor): void {
    const { start, rows } = this.#anchors;
    const [from, to] = [positives.start, positives.start + positives.rows];
    const pair = {
      anchor: 0,
      positive: 0,
      k: 0,
      index: 0,
      anchorRow: new Run(),
      positiveRow: new Run(),
      anchorSlopes: new Run(),
      positiveSlopes: new Run(),
    };
    let index = 0;
    for (let a = start; a < start + rows; a++) {
      pair.anchor = a;
      this.#anchors.pointAtValues(a, pair.anchorRow);
      this.#anchors.pointAtSlopes(a, pair.anchorSlopes);
      const count = this.#places.count(a);
      for (let k = 0; k < count; k++, index++) {
        const positive = this.#places.place(a, k);
        if (positive < from || positive >= to) continue;
        pair.positive = positive;
        pair.k = k;
        pair.index = index;
        positives.pointAtValues(positive, pair.positiveRow);
        positives.pointAtSlopes(positive, pair.positiveSlopes);
        visit(pair);
      }
    }
  }
}

/** How many pairs each cut before a row would part: entry r of rows + 1. */
function cutPairs({ count, place }: PositivePlaces, rows: number): Int32Array {
  const parted = new Int32Array(rows + 2);
  for (let a = 0; a < rows; a++) {
    for (let k = 0; k < count(a); k++) {
      const positive = place(a, k);
      parted[Math.min(a, positive) + 1]++;
      parted[Math.max(a, positive) + 1]--;
    }
  }
  for (let r = 1; r <= rows; r++) parted[r] += parted[r - 1];
  return parted;
}

/** Blocks of at most `capacity` rows, which end where no pair is parted if they can; the last entry is the end. */
function blockStarts(rows: number, capacity: number, parted: Int32Array | null): number[] {
  const starts = [0];
  let start = 0;
  while (start < rows) {
    let end = Math.min(rows, start + capacity);
    if (parted !== null && parted[end] > 0) {
      let clean = end;
      while (clean > start && parted[clean] > 0) clean--;
      if (clean > start) end = clean;
    }
    starts.push(end);
    start = end;
  }
  return starts;
}
