import { countClasses, type Label, type Labels } from "../matrix/labels.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { isTriplets, type Pairs, type Tuples } from "../tuples/tuples.ts";
import type { PreparedBatch } from "./preparedBatch.ts";

/** What another model makes of the columns of a batch. */
export interface Guide {
  readonly embeddings: Matrix;
  readonly reference: Matrix | null;
  readonly negatives: readonly Matrix[];
}

/** A checked batch: what is learned from, with what a loss takes besides. */
export interface Batch {
  /** Encoded and ordered; its sides are compared by a distance through it. */
  readonly prepared: PreparedBatch;
  readonly embeddings: Matrix;
  /** Null: the batch itself. */
  readonly reference: Matrix | null;
  /** As given; null when the loss was called without. */
  readonly labels: Labels | null;
  /** The class of each anchor and of each reference (the same array without a reference); null without labels. */
  readonly codes: Int32Array | null;
  readonly referenceCodes: Int32Array | null;
  /** The distinct labels of anchors and references. */
  readonly classes: readonly Label[];
  readonly tuples: Tuples | null;
  /** Whether rows belong together by their place alone: neither labels nor tuples were given. */
  readonly isByPlace: boolean;
  /** Whether slopes with respect to the reference are wanted. */
  readonly learnReference: boolean;
  /** The row of the reference that each anchor itself is, -1: none; null: no anchor is among them. */
  readonly anchorRows: Int32Array | null;
  /** Further columns, whose row i is a negative of row i; learned as the reference is. */
  readonly negatives: readonly Matrix[];
  /** How alike row i and row i of the reference are (1 and 0 where only that is told); null for losses that take labels. */
  readonly scores: Float64Array | null;
  /** What another model makes of the samples. */
  readonly guide: Guide | null;
  /** What a teacher makes of all columns, or of each; null: there is none. */
  readonly teacher: readonly Matrix[] | null;
  /** What a teacher thinks of the candidates of each row; null: there is none. */
  readonly teacherScores: Matrix | null;
  /** The learned vector that each embedding belongs to, as given. */
  readonly metaClasses: ArrayLike<number> | null;
}

/** A checked batch without more than what was prepared. */
export function batchOf(prepared: PreparedBatch, more: Partial<Batch> = {}): Batch {
  const { reference, labels, codes, referenceCodes, classes, learnReference, anchorRows } = prepared;
  return {
    prepared,
    embeddings: prepared,
    reference,
    labels,
    codes,
    referenceCodes,
    classes,
    learnReference,
    anchorRows,
    tuples: null,
    isByPlace: false,
    negatives: [],
    scores: null,
    guide: null,
    teacher: null,
    teacherScores: null,
    metaClasses: null,
    ...more,
  };
}

/** How many pairs a batch holds; pairs are ordered. */
export interface PairCounts {
  readonly positivePairs: number;
  readonly negativePairs: number;
  readonly anchorsWithoutPositives: number;
}

/** Counts the pairs that the labels make, or those given, without listing them; every row of a column of negatives is one of every anchor. */
export function countPairs(batch: Batch): PairCounts {
  const { embeddings, codes, referenceCodes, tuples, negatives } = batch;
  const n = embeddings.rows;
  if (tuples !== null) return countGiven(tuples, n);
  if (codes === null || referenceCodes === null)
    return { positivePairs: 0, negativePairs: 0, anchorsWithoutPositives: n };
  const counts = countClasses(referenceCodes, batch.classes.length);
  let positivePairs = 0;
  let negativePairs = n * n * negatives.length;
  let anchorsWithoutPositives = 0;
  for (let i = 0; i < n; i++) {
    const code = codes[i];
    const isAmongThem = batch.reference === null || (batch.anchorRows !== null && batch.anchorRows[i] >= 0);
    const positives = counts[code] - (isAmongThem ? 1 : 0);
    positivePairs += positives;
    negativePairs += referenceCodes.length - counts[code];
    if (positives === 0) anchorsWithoutPositives++;
  }
  return { positivePairs, negativePairs, anchorsWithoutPositives };
}

/** Whether any anchor has both a positive and a negative, by the tuples or else by the labels. */
export function hasCompleteAnchor(batch: Batch): boolean {
  const { embeddings, codes, referenceCodes, tuples, reference, anchorRows } = batch;
  if (tuples !== null) return isTriplets(tuples) ? tuples.anchors.length > 0 : haveCommon(tuples, embeddings.rows);
  if (codes === null || referenceCodes === null) return true;
  const counts = countClasses(referenceCodes, batch.classes.length);
  return codes.some((code, i) => {
    const isAmongThem = reference === null || (anchorRows !== null && anchorRows[i] >= 0);
    return counts[code] > (isAmongThem ? 1 : 0) && referenceCodes.length > counts[code];
  });
}

function haveCommon({ anchors1, anchors2 }: Pairs, rows: number): boolean {
  const isPositive = new Uint8Array(rows);
  for (let k = 0; k < anchors1.length; k++) isPositive[anchors1[k]] = 1;
  for (let k = 0; k < anchors2.length; k++) if (isPositive[anchors2[k]] === 1) return true;
  return false;
}

function countGiven(tuples: Tuples, rows: number): PairCounts {
  const anchors = isTriplets(tuples) ? tuples.anchors : tuples.anchors1;
  const isLive = new Uint8Array(rows);
  for (let k = 0; k < anchors.length; k++) isLive[anchors[k]] = 1;
  const live = isLive.reduce((sum, x) => sum + x, 0);
  return {
    positivePairs: anchors.length,
    negativePairs: tuples.negatives.length,
    anchorsWithoutPositives: rows - live,
  };
}

/** Distinct labels among the anchors. */
export function countAnchorClasses({ codes }: Batch): number {
  return codes === null ? 0 : new Set(codes).size;
}
