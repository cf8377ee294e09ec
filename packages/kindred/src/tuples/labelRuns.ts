import { orderByClass, type ClassOrder } from "../matrix/classOrder.ts";
import { encodeLabels, type Labels } from "../matrix/labels.ts";

/** The labels of anchors and of those they are compared with; the order is that of the others by class. */
interface LabelRuns extends ClassOrder {
  /** The class of each anchor and of each other (the same array when the anchors are compared with themselves). */
  readonly codes: Int32Array;
  readonly otherCodes: Int32Array;
  /** Whether the anchors are compared with themselves, so that none is its own positive. */
  readonly isSelf: boolean;
}

/** Groups the labels of a reference, or without one those of the batch, by class. */
export function groupLabels(labels: Labels, referenceLabels?: Labels | null): LabelRuns {
  const own = encodeLabels(labels, "labels");
  const isSelf = referenceLabels === undefined || referenceLabels === null;
  const all = isSelf ? own : encodeLabels(referenceLabels, "referenceLabels", own.classes);
  return { codes: own.codes, otherCodes: all.codes, isSelf, ...orderByClass(all.codes, all.classes.length) };
}

/** How many positives and negatives an anchor has. */
export function countOthers(runs: LabelRuns, anchor: number): { positives: number; negatives: number } {
  const code = runs.codes[anchor];
  const size = runs.starts[code + 1] - runs.starts[code];
  return { positives: runs.isSelf ? size - 1 : size, negatives: runs.order.length - size };
}
