import { encodeLabels, type Labels } from "../matrix/labels.ts";

/** The labels of anchors and of those they are compared with, grouped by class. */
export interface LabelRuns {
  /** The class of each anchor and of each other (the same array when the anchors are compared with themselves). */
  readonly codes: Int32Array;
  readonly otherCodes: Int32Array;
  /** Whether the anchors are compared with themselves, so that none is its own positive. */
  readonly isSelf: boolean;
  /** The others of class c, ascending: order[starts[c]] .. order[starts[c + 1] - 1]. */
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** Groups the labels of a reference, or without one those of the batch, by class. */
export function groupLabels(labels: Labels, referenceLabels?: Labels | null): LabelRuns {
  const own = encodeLabels(labels, "labels");
  const isSelf = referenceLabels === undefined || referenceLabels === null;
  const all = isSelf ? own : encodeLabels(referenceLabels, "referenceLabels", own.classes);
  const classes = all.classes.length;
  const starts = new Int32Array(classes + 1);
  for (const code of all.codes) starts[code + 1]++;
  for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, classes);
  const order = new Int32Array(all.codes.length);
  all.codes.forEach((code, j) => (order[next[code]++] = j));
  return { codes: own.codes, otherCodes: all.codes, isSelf, order, starts };
}

/** How many positives and negatives an anchor has. */
export function countOthers(runs: LabelRuns, anchor: number): { positives: number; negatives: number } {
  const code = runs.codes[anchor];
  const size = runs.starts[code + 1] - runs.starts[code];
  return { positives: runs.isSelf ? size - 1 : size, negatives: runs.order.length - size };
}
