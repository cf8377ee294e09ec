import { addNormSlopes, normsOfRows } from "../distances/forms/normalization.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerOptions } from "./reducedRegularizer.ts";
import { describeRegularizer } from "./regularizerDescription.ts";

const options = extendOptions(regularizerOptions(), {
  /** The p of the norm, > 0; Infinity is allowed. Default 2. */
  p: number({ default: 2, above: 0, infinite: true }),
  /** The power that each norm is raised to, > 0 and <= 100. Default 1. */
  power: number({ default: 1, above: 0, atMost: 100 }),
});

/** Options of {@link LpRegularizer}. */
export type LpRegularizerOptions = OptionsGiven<typeof options>;

/**
 * Keeps rows short: the p-norm of each, raised to a power.
 *
 *     R_i = (sum_k |x_ik|^p)^(power / p)
 *
 * One item a row. The slope of the zero vector, a pole for powers up to 1, is 0. Default reducer MeanReducer.
 */
export class LpRegularizer extends ReducedRegularizer<typeof options> {
  static readonly description = describeRegularizer({
    name: "LpRegularizer",
    summary: "Keeps rows short: the p-norm of each, raised to a power.",
    paper: null,
    options,
  });

  protected penalize(x: Matrix, reduction: Reduction, slopes: Float64Array): void {
    const { p, power } = this.options;
    const norms = normsOfRows(x, p);
    const factors = norms.map((norm, i) => reduction.weighOne(i, norm ** power) * power * norm ** (power - 1));
    addNormSlopes(x, norms, p, factors, slopes);
  }
}
