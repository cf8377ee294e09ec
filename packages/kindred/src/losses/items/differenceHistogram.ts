/** How a {@link DifferenceHistogram} is cut into bins. */
interface HistogramBins {
  /** Where the first bin starts, < 0; the bins are 2 |minVal| / numBins wide. */
  readonly minVal: number;
  readonly numBins: number;
}

/**
 * The differences v of one batch, each weighted by the share of smaller ones among those seen so far: the cumulated
 * histogram C of this and earlier batches.
 *
 *     L = 1/T sum_v C_bin(v) v
 *
 * A difference within bin k, a share alpha of its width behind its start, adds 1 - alpha to h_k and alpha to h_{k+1}; those
 * beyond either end count at that end. All that L and its slopes need of the differences are their sums by bin.
 */
export class DifferenceHistogram {
  readonly #minVal: number;
  readonly #width: number;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #items: Float64Array;
  readonly #cumulated: Float64Array;
  /** T d L / d v of a difference within each bin. */
  readonly #slopes: Float64Array;
  #total = 0;

  constructor({ minVal, numBins }: HistogramBins) {
    this.#minVal = minVal;
    this.#width = (2 * Math.abs(minVal)) / numBins;
    this.#counts = new Float64Array(numBins);
    this.#sums = new Float64Array(numBins);
    this.#items = new Float64Array(numBins);
    this.#cumulated = new Float64Array(numBins);
    this.#slopes = new Float64Array(numBins);
  }

  /** How many differences there are. */
  get items(): number {
    return this.#total;
  }

  /** Those among them that have a weight. */
  get activeItems(): number {
    return this.#items.reduce((sum, items, k) => (this.#cumulated[k] > 0 ? sum + items : sum), 0);
  }

  /** L; 0 without differences. */
  get value(): number {
    return this.#total === 0
      ? 0
      : this.#sums.reduce((total, sum, k) => total + this.#cumulated[k] * sum, 0) / this.#total;
  }

  add(differences: Float64Array): void {
    const [counts, sums, items, minVal, width] = [this.#counts, this.#sums, this.#items, this.#minVal, this.#width];
    const last = counts.length - 1;
    for (let k = 0; k < differences.length; k++) {
      const difference = differences[k];
      const position = Math.min(last, Math.max(0, (difference - minVal) / width));
      const bin = Math.floor(position);
      const share = position - bin;
      counts[bin] += 1 - share;
      if (share > 0) counts[bin + 1] += share;
      sums[bin] += difference;
      items[bin]++;
    }
    this.#total += differences.length;
  }

  /**
   * Takes the histogram of earlier batches in, when all differences are added.
   *
   * @param momentum the weight of a difference of this batch against all that was seen before
   * @returns the histogram of all, which sums to 1; the earlier one when this batch has no differences
   */
  join(earlier: Float64Array, momentum: number): Float64Array {
    if (this.#total === 0) return earlier;
    const before = earlier.reduce((sum, share) => sum + share, 0);
    const weight = before === 0 ? 1 : momentum;
    const whole = (1 - weight) * before + weight * this.#total;
    const joined = earlier.map((share, k) => ((1 - weight) * share + weight * this.#counts[k]) / whole);
    let cumulated = 0;
    for (let k = 0; k < joined.length; k++) {
      cumulated += joined[k];
      this.#cumulated[k] = cumulated;
      // a difference that grows moves its share from h_k to h_{k+1}, and so lowers C_k for all of its bin
      this.#slopes[k] = cumulated - (k < joined.length - 1 ? (weight * this.#sums[k]) / (whole * this.#width) : 0);
    }
    return joined;
  }

  /** Replaces differences that were added by d L / d v of each, after {@link DifferenceHistogram.join}. */
  toSlopes(differences: Float64Array): void {
    const [slopes, minVal, width, total] = [this.#slopes, this.#minVal, this.#width, this.#total];
    const last = slopes.length - 1;
    const first = this.#cumulated[0];
    for (let k = 0; k < differences.length; k++) {
      const position = (differences[k] - minVal) / width;
      differences[k] = (position < 0 ? first : slopes[Math.floor(Math.min(last, position))]) / total;
    }
  }
}
