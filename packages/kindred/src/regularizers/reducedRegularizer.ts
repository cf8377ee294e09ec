import { toMatrix, zeros, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { MeanReducer } from "../reducers/meanReducer.ts";
import type { Reducer } from "../reducers/reducer.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { requireReducer } from "../reducers/requireReducer.ts";
import type { Penalty, Regularizer } from "./regularizer.ts";

/** What every regularizer can be told. */
export interface RegularizerOptions {
  /** How item penalties become one number. Default: the regularizer's own, MeanReducer where nothing else is said. */
  readonly reducer: Reducer | null;
}

export const regularizerDefaults: RegularizerOptions = { reducer: null };

const LARGEST_FLOAT = 3.4028234663852886e38;

/** A penalty made of items, which a reducer makes one number. */
export abstract class ReducedRegularizer implements Regularizer {
  abstract readonly name: string;
  readonly reducer: Reducer;

  constructor(options: RegularizerOptions, defaultReducer: Reducer = new MeanReducer()) {
    this.reducer = options.reducer ?? defaultReducer;
    requireReducer("reducer", this.reducer);
  }

  /** @throws TypeError when x is no matrix; RangeError when it holds NaN or an infinity */
  evaluate(x: MatrixLike): Penalty {
    const matrix = toMatrix(x, "x");
    this.check(matrix);
    const divisor = this.divisorFor(matrix);
    if (this.reducer.needsDivisor === true && divisor === null)
      throw new TypeError(`${this.name} has no divisor for a DivisorReducer; use a MeanReducer or a SumReducer`);
    const places = Int32Array.from({ length: this.itemsOf(matrix) }, (_, item) => item);
    const reduction = this.reducer.begin({ kind: "element", labels: places });
    const slopes = new Float64Array(matrix.data.length);
    this.penalize(matrix, reduction, slopes);
    const { value, scale } = reduction.result(divisor ?? undefined);
    const gradient = zeros(matrix.rows, matrix.cols);
    for (let k = 0; k < slopes.length; k++)
      gradient.data[k] = Math.max(-LARGEST_FLOAT, Math.min(LARGEST_FLOAT, scale * slopes[k]));
    return { value, gradient };
  }

  /** Hands every item to the reduction and adds weight x slope to `slopes`, which are laid out as x. */
  protected abstract penalize(x: Matrix, reduction: Reduction, slopes: Float64Array): void;

  /** How many items there are: one a row, unless a regularizer says otherwise. */
  protected itemsOf(x: Matrix): number {
    return x.rows;
  }

  /** Refuses matrices that this regularizer cannot take. */
  protected check(_x: Matrix): void {}

  /** What a DivisorReducer divides by; null: there is nothing. */
  protected divisorFor(_x: Matrix): number | null {
    return null;
  }
}
