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
  const takeInputs = inputTaker(inputs, "data.inputs", labels.length);
  const takeLabels = (rows: Int32Array): Label[] => Array.from(rows, (row) => labels[checkRow(row, labels.length)]);
  return (rows) => ({ labels: takeLabels(rows), inputs: takeInputs(rows) });
}

/**
 * A function that takes rows out of inputs, as copies.
 *
 * @param labelCount how many rows there must be; default: any number
 * @throws TypeError or RangeError when they are no matrix, or not of so many rows. The function throws a RangeError when not all
 *   rows that were asked for are given
 */
export function inputTaker(
  inputs: TrainingData["inputs"],
  name: string,
  labelCount?: number,
): (rows: Int32Array) => Matrix {
  if (typeof inputs === "function")
    return (rows) => {
      const taken = inputs(rows);
      if (taken.rows !== rows.length)
        throw new RangeError(`${name} gave ${taken.rows} rows for ${rows.length} asked for; it must give each one`);
      return taken;
    };
  const matrix = toMatrix(inputs, name);
  if (labelCount !== undefined && matrix.rows !== labelCount)
    throw new RangeError(
      `data.labels has ${labelCount} entries for ${matrix.rows} ${name.replace("data.", "")}; each row needs one label`,
    );
  return (rows) => takeRows(matrix, rows);
}

function checkRow(row: number, count: number): number {
  if (row >= 0 && row < count) return row;
  throw new RangeError(`the sampler asked for sample ${row} of ${count}; give the sampler the labels of these data`);
}
