import type { Matrix } from "../matrix/matrix.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerOptions } from "./reducedRegularizer.ts";
import { describeRegularizer } from "./regularizerDescription.ts";

const options = regularizerOptions();

/**
 * Keeps the mean of each row's coordinates at 0.
 *
 *     R_i = |sum_k x_ik|
 *
 * One item a row. Default reducer MeanReducer.
 */
export class ZeroMeanRegularizer extends ReducedRegularizer<typeof options> {
  static readonly description = describeRegularizer({
    name: "ZeroMeanRegularizer",
    summary: "Keeps the mean of each row's coordinates at 0.",
    paper: null,
    options,
  });

  protected penalize({ data, rows, cols }: Matrix, reduction: Reduction, slopes: Float64Array): void {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = i * cols; k < (i + 1) * cols; k++) sum += data[k];
      slopes.fill(reduction.weighOne(i, Math.abs(sum)) * Math.sign(sum), i * cols, (i + 1) * cols);
    }
  }
}
