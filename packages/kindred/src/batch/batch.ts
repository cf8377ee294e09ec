import { checkOneOf } from "../matrix/checks.ts";
import { countClasses, encodeLabels, type Label, type Labels } from "../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { checkTuples } from "../tuples/anchorLists.ts";
import { isTriplets, type Tuples } from "../tuples/tuples.ts";
import type { EvaluateOptions } from "../losses/core/loss.ts";

/** A checked batch. */
export interface Batch {
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
  /** Whether slopes with respect to the reference are wanted. */
  readonly learnReference: boolean;
  /** The row of the reference that each anchor itself is, -1: none; null: no anchor is among them. */
  readonly anchorRows: Int32Array | null;
}

/**
 * Checks what `evaluate` was given.
 *
 * @param ownerName for the errors' sentences
 * @throws TypeError, RangeError with what was given and what is needed
 */
export function checkBatch(
  owner: string,
  embeddings: MatrixLike,
  labels: Labels | null,
  options: EvaluateOptions = {},
): Batch {
  const matrix = toMatrix(embeddings, "embeddings");
  const reference = options.reference === undefined ? null : toMatrix(options.reference, "reference");
  if (reference !== null && reference.cols !== matrix.cols)
    throw new RangeError(
      `reference has ${reference.cols} columns, embeddings has ${matrix.cols}; both must be as wide`,
    );
  const tuples = options.tuples ?? null;
  if (tuples !== null) checkTuples(tuples, matrix.rows, (reference ?? matrix).rows);
  const anchorRows = checkAnchorRows(options.anchorRows, matrix.rows, reference);
  const learnReference = checkOneOf(options.learnReference ?? true, "learnReference", [true, false]);
  const unlabelled = { embeddings: matrix, reference, tuples, anchorRows, learnReference };
  if (labels === null || labels === undefined)
    return { ...unlabelled, labels: null, codes: null, referenceCodes: null, classes: [] };
  const { codes, classes } = encodeLabels(labels, "labels");
  checkCount("labels", codes.length, matrix.rows);
  if (reference === null) return { ...unlabelled, labels, codes, referenceCodes: codes, classes };
  if (options.referenceLabels === undefined) {
    if (tuples === null)
      throw new TypeError(`${owner} was given a reference without referenceLabels; each of its rows needs one label`);
    return { ...unlabelled, labels, codes, referenceCodes: null, classes };
  }
  const all = encodeLabels(options.referenceLabels, "referenceLabels", classes);
  checkCount("referenceLabels", all.codes.length, reference.rows);
  anchorRows?.forEach((row, i) => {
    if (row >= 0 && all.codes[row] !== codes[i])
      throw new RangeError(
        `anchor ${i} stands in row ${row} of the reference, which has another label; one sample, one label`,
      );
  });
  return { ...unlabelled, labels, codes, referenceCodes: all.codes, classes: all.classes };
}

/** @throws TypeError without a reference; RangeError when it is not one row of the reference an anchor */
function checkAnchorRows(
  given: ArrayLike<number> | undefined,
  anchors: number,
  reference: Matrix | null,
): Int32Array | null {
  if (given === undefined) return null;
  if (reference === null) throw new TypeError("anchorRows says where anchors stand in the reference; give a reference");
  if (given.length !== anchors)
    throw new RangeError(`anchorRows has ${given.length} entries for ${anchors} embeddings; give one an anchor`);
  for (let i = 0; i < anchors; i++)
    if (!Number.isInteger(given[i]) || given[i] < -1 || given[i] >= reference.rows)
      throw new RangeError(
        `anchorRows[${i}] is ${given[i]}; give a row of the reference, 0 to ${reference.rows - 1}, or -1`,
      );
  return Int32Array.from(given);
}

function checkCount(name: string, given: number, rows: number): void {
  if (given !== rows)
    throw new RangeError(`${name} has ${given} entries for ${rows} embeddings; each row needs one label`);
}

/** How many pairs a batch holds; pairs are ordered. */
export interface PairCounts {
  readonly positivePairs: number;
  readonly negativePairs: number;
  readonly anchorsWithoutPositives: number;
}

/** Counts the pairs that the labels make, or those given, without listing them. */
export function countPairs({
  embeddings,
  reference,
  codes,
  referenceCodes,
  classes,
  tuples,
  anchorRows,
}: Batch): PairCounts {
  const n = embeddings.rows;
  if (tuples !== null) {
    const anchors = isTriplets(tuples) ? tuples.anchors : tuples.anchors1;
    const isLive = new Uint8Array(n);
    for (let k = 0; k < anchors.length; k++) isLive[anchors[k]] = 1;
    const negatives = tuples.negatives.length;
    const live = isLive.reduce((sum, x) => sum + x, 0);
    return { positivePairs: anchors.length, negativePairs: negatives, anchorsWithoutPositives: n - live };
  }
  if (codes === null || referenceCodes === null)
    return { positivePairs: 0, negativePairs: 0, anchorsWithoutPositives: n };
  const counts = countClasses(referenceCodes, classes.length);
  let positivePairs = 0;
  let negativePairs = 0;
  let anchorsWithoutPositives = 0;
  for (let i = 0; i < n; i++) {
    const code = codes[i];
    const isAmongThem = reference === null || (anchorRows !== null && anchorRows[i] >= 0);
    const positives = counts[code] - (isAmongThem ? 1 : 0);
    positivePairs += positives;
    negativePairs += referenceCodes.length - counts[code];
    if (positives === 0) anchorsWithoutPositives++;
  }
  return { positivePairs, negativePairs, anchorsWithoutPositives };
}

/** Distinct labels among the anchors. */
export function countAnchorClasses({ codes }: Batch): number {
  return codes === null ? 0 : new Set(codes).size;
}
