import { distanceOption } from "../distances/distanceOption.ts";
import { addNormSlopes, normsOfRows } from "../distances/forms/normalization.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerOptions } from "./reducedRegularizer.ts";
import { describeRegularizer } from "./regularizerDescription.ts";

const options = extendOptions(regularizerOptions(), {
  /** Whose p the norms are taken with: an LpDistance with power 1 that does not normalize. Default: that with p = 2. */
  distance: distanceOption(new LpDistance({ normalizeEmbeddings: false }), {
    only: LpDistance,
    settings: { power: 1, normalizeEmbeddings: false },
  }),
});

/** Options of {@link CenterInvariantRegularizer}. */
export type CenterInvariantRegularizerOptions = OptionsGiven<typeof options>;

/**
 * Keeps class vectors equally long, so that frequent classes do not outgrow rare ones.
 *
 *     R_i = (|w_i|^2 - mean_j |w_j|^2)^2 / 4
 *
 * One item a row. Default reducer MeanReducer.
 *
 * Source: Wu et al., "Deep Face Recognition with Center Invariant Loss" (ACM Multimedia Workshops 2017), equation 5.
 */
export class CenterInvariantRegularizer extends ReducedRegularizer<typeof options> {
  static readonly description = describeRegularizer({
    name: "CenterInvariantRegularizer",
    summary: "Keeps class vectors equally long, so that frequent classes do not outgrow rare ones.",
    paper: 'Wu et al., "Deep Face Recognition with Center Invariant Loss" (ACM Multimedia Workshops 2017)',
    options,
  });

  protected penalize(x: Matrix, reduction: Reduction, slopes: Float64Array): void {
    const { p } = this.options.distance;
    const norms = normsOfRows(x, p);
    const mean = norms.reduce((sum, length) => sum + length ** 2, 0) / x.rows;
    const deviations = norms.map((length) => length ** 2 - mean);
    const pulls = deviations.map((deviation, i) => (reduction.weighOne(i, deviation ** 2 / 4) * deviation) / 2);
    const meanPull = pulls.reduce((sum, pull) => sum + pull, 0) / x.rows;
    const factors = pulls.map((pull, i) => (pull - meanPull) * 2 * norms[i]);
    addNormSlopes(x, norms, p, factors, slopes);
  }
}
