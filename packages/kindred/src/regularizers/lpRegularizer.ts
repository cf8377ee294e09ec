import { norm } from "../distances/forms/normalization.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { addNormSlope } from "./normSlope.ts";
import { ReducedRegularizer, regularizerDefaults, type RegularizerOptions } from "./reducedRegularizer.ts";

/** Options of {@link LpRegularizer}. */
export interface LpRegularizerOptions extends RegularizerOptions {
  /** The p of the norm, > 0; Infinity is allowed. Default 2. */
  readonly p: number;
  /** The power that each norm is raised to, > 0. Default 1. */
  readonly power: number;
}

const defaults: LpRegularizerOptions = { ...regularizerDefaults, p: 2, power: 1 };

/**
 * Keeps rows short: the p-norm of each, raised to a power.
 *
 *     R_i = (sum_k |x_ik|^p)^(power / p)
 *
 * One item a row. The slope of the zero vector, a pole for powers up to 1, is 0. Default reducer MeanReducer.
 */
export class LpRegularizer extends ReducedRegularizer {
  readonly name = "LpRegularizer";
  readonly p: number;
  readonly power: number;

  constructor(options?: Partial<LpRegularizerOptions>) {
    const given = withDefaults(options, defaults, "LpRegularizer");
    super(given);
    this.p = checkNumber(given.p, "p", { above: 0, infinite: true });
    this.power = checkNumber(given.power, "power", { above: 0 });
  }

  protected penalize({ data, rows, cols }: Matrix, reduction: Reduction, slopes: Float64Array): void {
    for (let i = 0; i < rows; i++) {
      const start = i * cols;
      const length = norm(data, start, cols, this.p);
      const weight = reduction.weighOne(i, length ** this.power);
      const factor = weight * this.power * length ** (this.power - 1);
      addNormSlope(data, start, cols, length, this.p, factor, slopes);
    }
  }
}
