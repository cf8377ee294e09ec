import type { Matrix, MlpModel } from "kindred";
import type { Scale } from "../options/trainOptions.ts";

/** Columns of which one spreads this much wider than the middle one are on different scales. */
const TELLING_RATIO = 10;

/** Mean and spread of each column. */
export interface ColumnScale {
  readonly means: Float64Array;
  /** Standard deviations; 1 for a column that does not vary. */
  readonly deviations: Float64Array;
}

/** The scale to bring the columns to one spread, or null when they are left as they are. */
export function columnScale(vectors: Matrix, scale: Scale): ColumnScale | null {
  if (scale === "none") return null;
  const measured = measure(vectors);
  if (scale === "standard") return measured;
  const sorted = measured.deviations.slice().sort();
  const middle = sorted[Math.floor(sorted.length / 2)];
  const widest = sorted[sorted.length - 1];
  return widest > TELLING_RATIO * middle && middle > 0 && vectors.cols < 256 ? measured : null;
}

/** (x - mean) / deviation, column by column. */
export function applyScale({ data, rows, cols }: Matrix, { means, deviations }: ColumnScale): Matrix {
  return { data: data.map((x, k) => (x - means[k % cols]) / deviations[k % cols]), rows, cols };
}

/** Turns a model of scaled columns into one of columns as they are: ((x - mean) / deviation) W + b = x W' + b'. */
export function foldScale(model: MlpModel, { means, deviations }: ColumnScale): void {
  const { weights0, bias0 } = model.parameters;
  for (let i = 0; i < weights0.rows; i++) {
    for (let j = 0; j < weights0.cols; j++) {
      const weight = weights0.data[i * weights0.cols + j] / deviations[i];
      weights0.data[i * weights0.cols + j] = weight;
      bias0.data[j] -= means[i] * weight;
    }
  }
}

function measure({ data, rows, cols }: Matrix): ColumnScale {
  const means = new Float64Array(cols);
  const squares = new Float64Array(cols);
  for (let k = 0; k < data.length; k++) means[k % cols] += data[k] / rows;
  for (let k = 0; k < data.length; k++) squares[k % cols] += (data[k] - means[k % cols]) ** 2 / rows;
  return { means, deviations: squares.map((variance) => (variance > 0 ? Math.sqrt(variance) : 1)) };
}
