import { Reduction, type Reduced } from "../reducers/reducer.ts";

/** A reduction whose weights come multiplied by a scale that is known already. */
export function scaledReduction(reduction: Reduction, scale: number): Reduction {
  return new ScaledReduction(reduction, scale);
}

class ScaledReduction extends Reduction {
  readonly #inner: Reduction;
  readonly #scale: number;

  constructor(inner: Reduction, scale: number) {
    super();
    this.#inner = inner;
    this.#scale = scale;
  }

  protected take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    this.#inner.weigh(anchor, losses, count, weights);
    for (let k = 0; k < count; k++) weights[k] *= this.#scale;
  }

  result(divisor?: number): Reduced {
    return this.#inner.result(divisor);
  }
}
