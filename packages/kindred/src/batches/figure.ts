/** A number that says how it was found. */
export interface Figure {
  readonly value: number;
  /** "exact": by formula, up to rounding; "simulated": an estimate. */
  readonly method: "exact" | "simulated";
  /** Of the estimate; 0 when exact. */
  readonly standardError: number;
}

/** The quantiles that a {@link Spread} tells. */
export interface Quantiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** How a count varies from batch to batch. Its mean may be exact where its quantiles are not. */
export interface Spread {
  readonly mean: Figure;
  readonly standardDeviation: Figure;
  /** The smallest count that at least this share of batches does not exceed. */
  readonly quantiles: Quantiles;
  readonly method: "exact" | "simulated";
}

/** A figure found by formula. */
export function exact(value: number): Figure {
  return { value, method: "exact", standardError: 0 };
}

/** The mean of simulated values and its error. */
export function meanOf(values: ArrayLike<number>): Figure {
  const { mean, deviation } = moments(values);
  return { value: mean, method: "simulated", standardError: deviation / Math.sqrt(values.length) };
}

/**
 * The share of `trials` that were hits. Its error is that of (hits + 1) / (trials + 2), so that no hit in a hundred trials
 * is not taken for certainty.
 */
export function shareOf(hits: number, trials: number): Figure {
  const smoothed = (hits + 1) / (trials + 2);
  return {
    value: hits / trials,
    method: "simulated",
    standardError: Math.sqrt((smoothed * (1 - smoothed)) / trials),
  };
}

/** The spread of simulated counts; the error of the standard deviation is that of the variance over twice itself. */
export function spreadOf(values: Float64Array, exactMean?: number): Spread {
  const { mean, deviation, fourth } = moments(values);
  const variance = deviation ** 2;
  const errorOfVariance = Math.sqrt(Math.max(0, fourth - variance ** 2) / values.length);
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)];
  return {
    mean:
      exactMean === undefined
        ? { value: mean, method: "simulated", standardError: deviation / Math.sqrt(values.length) }
        : exact(exactMean),
    standardDeviation: {
      value: deviation,
      method: "simulated",
      standardError: deviation === 0 ? 0 : errorOfVariance / (2 * deviation),
    },
    quantiles: quantilesBy(at),
    method: "simulated",
  };
}

/** The spread of a count whose every probability is known: `probabilities[v]` that of `v * unit`. */
export function spreadOfDistribution(probabilities: Float64Array, unit: number, exactMean: number): Spread {
  let [cumulative, secondMoment] = [0, 0];
  const distribution = probabilities.map((p, v) => {
    secondMoment += p * (v * unit - exactMean) ** 2;
    return (cumulative += p);
  });
  const at = (share: number): number => {
    const v = distribution.findIndex((sum) => sum >= share * cumulative - 1e-12);
    return (v === -1 ? distribution.length - 1 : v) * unit;
  };
  return {
    mean: exact(exactMean),
    standardDeviation: exact(Math.sqrt(secondMoment)),
    quantiles: quantilesBy(at),
    method: "exact",
  };
}

/** The spread of what is the same in every batch. */
export function constantSpread(value: number): Spread {
  return { mean: exact(value), standardDeviation: exact(0), quantiles: quantilesBy(() => value), method: "exact" };
}

function quantilesBy(at: (share: number) => number): Quantiles {
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}

function moments(values: ArrayLike<number>): { mean: number; deviation: number; fourth: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  const mean = sum / n;
  let [second, fourth] = [0, 0];
  for (let i = 0; i < n; i++) {
    const square = (values[i] - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  return { mean, deviation: n < 2 ? 0 : Math.sqrt(second / (n - 1)), fourth: fourth / n };
}
