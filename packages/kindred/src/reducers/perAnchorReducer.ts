import { withDefaults } from "../matrix/checks.ts";
import { MeanReducer } from "./meanReducer.ts";
import type { Reducer, ReductionContext } from "./reducer.ts";
import { Reduction, type Reduced } from "./reduction.ts";
import { requireReducer } from "./requireReducer.ts";

/**
 * First the mean over the pairs of each anchor (0 for an anchor without pairs), then another reducer over the anchors.
 * A pair given several times counts as often as it is given.
 *
 * Options: **reducer**, over the anchors, default MeanReducer.
 */
export class PerAnchorReducer implements Reducer {
  readonly name = "PerAnchorReducer";
  readonly reducer: Reducer;

  constructor(options?: { readonly reducer?: Reducer }) {
    const { reducer } = withDefaults<{ reducer: Reducer }>(options, { reducer: new MeanReducer() }, this.name);
    this.reducer = requireReducer("reducer", reducer);
  }

  get needsDivisor(): boolean {
    return this.reducer.needsDivisor === true;
  }

  /** @throws TypeError for triplets, which belong to no pair of an anchor */
  begin(context: ReductionContext): Reduction {
    if (context.kind === "triplet")
      throw new TypeError(
        "PerAnchorReducer reduces anchors and pairs, not triplets; choose another reducer for this loss",
      );
    const overAnchors = this.reducer.begin({ ...context, kind: "element" });
    return context.kind === "element" ? overAnchors : new PerAnchorReduction(overAnchors);
  }
}

class PerAnchorReduction extends Reduction {
  readonly #overAnchors: Reduction;

  constructor(overAnchors: Reduction) {
    super();
    this.#overAnchors = overAnchors;
  }

  protected take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    let total = 0;
    for (let k = 0; k < count; k++) total += losses[k];
    const weight = this.#overAnchors.weighOne(anchor, count === 0 ? 0 : total / count);
    for (let k = 0; k < count; k++) weights[k] = weight / count;
  }

  result(divisor?: number): Reduced {
    return this.#overAnchors.result(divisor);
  }
}
