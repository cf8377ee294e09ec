import { describe } from "../matrix/checks.ts";
import type { Label, Labels } from "../matrix/labels.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix } from "../matrix/matrix.ts";

/** What is learned from: one label a sample, and the inputs, all at once or batch by batch. */
export interface TrainingData {
  /**
   * One row a sample, N x p; or a function that gives the rows asked for, in that order: for data that do not fit the
   * memory, and for inputs that change from epoch to epoch (augmentation).
   */
  readonly inputs: MatrixLike | ((rows: Int32Array) => Matrix);
  /** One label a sample, N. */
  readonly labels: Labels;
}

/** One batch of the data. */
export interface Batch {
  readonly inputs: Matrix;
  readonly labels: readonly Label[];
}

/**
 * A function that takes batches out of the data.
 *
 * @throws TypeError or RangeError when the inputs are no matrix, or there is not one label a row. The function throws a
 *   RangeError when a row is asked for that is not there.
 */
export function batchTaker({ inputs, labels }: TrainingData): (rows: Int32Array) => Batch {
  if (typeof labels !== "object" || labels === null || typeof labels.length !== "number")
    throw new TypeError(`data.labels is ${describe(labels)}; give an array with one label a sample`);
  const takeLabels = (rows: Int32Array): Label[] => Array.from(rows, (row) => labels[checkRow(row, labels.length)]);
  if (typeof inputs === "function")
    return (rows) => {
      const batch = { labels: takeLabels(rows), inputs: inputs(rows) };
      if (batch.inputs.rows !== rows.length)
        throw new RangeError(
          `data.inputs gave ${batch.inputs.rows} rows for ${rows.length} asked for; it must give each one`,
        );
      return batch;
    };
  const matrix = toMatrix(inputs, "data.inputs");
  if (matrix.rows !== labels.length)
    throw new RangeError(
      `data.labels has ${labels.length} entries for ${matrix.rows} inputs; each row needs one label`,
    );
  return (rows) => ({ labels: takeLabels(rows), inputs: takeRows(matrix, rows) });
}

function checkRow(row: number, count: number): number {
  if (row >= 0 && row < count) return row;
  throw new RangeError(`the sampler asked for sample ${row} of ${count}; give the sampler the labels of these data`);
}
