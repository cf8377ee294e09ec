/**
 * Pearson's correlation of weighted pairs: cov(x, y) / (sd(x) sd(y)), from -1 to 1. NaN where one side does not vary.
 */
export function pearson(x: Float64Array, y: Float64Array, weights: Float64Array): number {
  const [meanX, meanY] = [weightedMean(x, weights), weightedMean(y, weights)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - meanX, y[i] - meanY];
    xx += weights[i] * dx * dx;
    xy += weights[i] * dx * dy;
    yy += weights[i] * dy * dy;
  }
  if (!isVaried(x, weights) || !isVaried(y, weights)) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i] * values[i];
    total += weights[i];
  }
  return sum / total;
}

/** Whether two of the values that weigh anything differ. Sums cannot tell: the mean of equal numbers is rounded. */
function isVaried(values: Float64Array, weights: Float64Array): boolean {
  const first = weights.findIndex((weight) => weight > 0);
  return first >= 0 && values.some((value, i) => weights[i] > 0 && value !== values[first]);
}

/** Values whose ranks are asked for again and again, with other weights. */
export class Ranks {
  readonly #values: Float64Array;
  /** The values' places by ascending value. */
  readonly #order: Uint32Array;
  readonly #ranks: Float64Array;

  constructor(values: Float64Array) {
    this.#values = values;
    this.#order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
    this.#ranks = new Float64Array(values.length);
  }

  /** The rank of each value among all, a value of weight w counted w times; equal values have their mean rank. The array is used again. */
  weighted(weights: Float64Array): Float64Array {
    const [values, order] = [this.#values, this.#order];
    let below = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      let weight = 0;
      for (end = start; end < order.length && values[order[end]] === values[order[start]]; end++)
        weight += weights[order[end]];
      for (let k = start; k < end; k++) this.#ranks[order[k]] = below + (weight + 1) / 2;
      below += weight;
    }
    return this.#ranks;
  }
}
