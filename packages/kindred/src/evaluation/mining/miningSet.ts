import { describe } from "../../matrix/checks.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { checkWidths } from "../neighbours/nearestNeighbours.ts";
import { RowReader, type RowSource } from "../neighbours/rowReader.ts";

/** Where hard negatives are looked for. Labels or positives are needed; both may be given. */
export interface HardNegativeInput {
  /** n x d: a matrix, or a source that reads rows of a file larger than the memory. */
  readonly anchors: MatrixLike | RowSource;
  /** What negatives are taken from, m x d. Default null: the anchors themselves. */
  readonly reference?: MatrixLike | RowSource | null;
  /** One label an anchor: references of the anchor's label are no negatives of it. */
  readonly labels?: Labels;
  /** One label a reference; needed with labels where there is a reference. */
  readonly referenceLabels?: Labels;
  /** The reference that is each anchor's positive, or a list of those that are. Default: the nearest one of its label. */
  readonly positives?: ArrayLike<number> | ArrayLike<ArrayLike<number>>;
}

/** A checked input. */
export interface MiningSet {
  readonly anchors: RowReader;
  readonly reference: RowReader;
  /** Whether the references are the anchors, so that none is its own positive or negative. */
  readonly isSelf: boolean;
  /** The class of each anchor and of each reference; null without labels. */
  readonly codes: Int32Array | null;
  readonly referenceCodes: Int32Array | null;
  /** How many classes there are. */
  readonly classes: number;
  /** As given. */
  readonly positives: RowLists | null;
}

/** A list of rows for each anchor: that of anchor a stands from starts[a] to before starts[a + 1]. */
export interface RowLists {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Checks where to look. @throws TypeError, RangeError with what was given and what is needed */
export function checkMiningSet(input: HardNegativeInput): MiningSet {
  const { reference = null, labels, referenceLabels, positives } = input;
  const anchors = new RowReader(input.anchors, "anchors");
  const isSelf = reference === null || reference === input.anchors;
  const others = isSelf ? anchors : new RowReader(reference, "reference");
  checkWidths(anchors, others);
  if (labels === undefined && positives === undefined)
    throw new TypeError(
      "neither labels nor positives are given; one of them must say what is no negative of an anchor",
    );
  if (labels !== undefined && referenceLabels === undefined && !isSelf)
    throw new TypeError("labels are given without referenceLabels; each row of the reference needs one label too");
  const own = labels === undefined ? null : encodeLabels(labels, "labels");
  const all =
    own === null || referenceLabels === undefined ? own : encodeLabels(referenceLabels, "referenceLabels", own.classes);
  if (own !== null) checkCount("labels", own.codes.length, anchors.rows);
  if (all !== null) checkCount("referenceLabels", all.codes.length, others.rows);
  return {
    anchors,
    reference: others,
    isSelf,
    codes: own?.codes ?? null,
    referenceCodes: all?.codes ?? null,
    classes: all?.classes.length ?? 0,
    positives: positives === undefined ? null : checkPositives(positives, anchors.rows, others.rows),
  };
}

function checkCount(name: string, given: number, rows: number): void {
  if (given !== rows) throw new RangeError(`${name} has ${given} entries for ${rows} rows; each row needs one`);
}

function checkPositives(
  positives: NonNullable<HardNegativeInput["positives"]>,
  anchors: number,
  references: number,
): RowLists {
  checkCount("positives", positives.length, anchors);
  const starts = new Int32Array(anchors + 1);
  const rows: number[] = [];
  for (let a = 0; a < anchors; a++) {
    const own = positives[a];
    if (typeof own !== "object" || own === null) rows.push(checkRow(own, `positives[${a}]`, references));
    else for (let k = 0; k < own.length; k++) rows.push(checkRow(own[k], `positives[${a}][${k}]`, references));
    starts[a + 1] = rows.length;
  }
  return { starts, rows: Int32Array.from(rows) };
}

function checkRow(row: number, name: string, references: number): number {
  if (Number.isInteger(row) && row >= 0 && row < references) return row;
  throw new RangeError(`${name} is ${describe(row)}; give a row number from 0 to ${references - 1}`);
}
