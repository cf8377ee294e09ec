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

interface Sums {
  readonly hits: number;
  readonly places: number;
  readonly hitsSquared: number;
  readonly placesSquared: number;
  readonly product: number;
}

/**
 * A share of places, seen batch by batch. What stands in one batch is alike (m samples of a class have a positive together or
 * not at all), so the error is that of a ratio of sums over batches, not of so many places.
 */
export class ShareByBatch {
  #batch = -1;
  #visited = 0;
  #hits = 0;
  #places = 0;
  #sums = { hits: 0, places: 0, hitsSquared: 0, placesSquared: 0, product: 0 };

  /** @param batch its number; those of one batch follow each other */
  add(batch: number, hits: number, places: number): void {
    if (batch !== this.#batch) {
      this.#close();
      this.#batch = batch;
      this.#visited++;
    }
    this.#hits += hits;
    this.#places += places;
  }

  /** Hits of all places seen; 0 +- 1 when there were none. */
  ofPlaces(): Figure {
    this.#close();
    return this.#ratio(this.#sums, this.#visited);
  }

  /** Hits of `places` places in each of so many batches. */
  ofAll(batches: number, places: number): Figure {
    this.#close();
    const { hits, hitsSquared } = this.#sums;
    const sums = { hits, hitsSquared, product: hits * places };
    return this.#ratio({ ...sums, places: batches * places, placesSquared: batches * places ** 2 }, batches * places);
  }

  #close(): void {
    const [hits, places, sums] = [this.#hits, this.#places, this.#sums];
    sums.hits += hits;
    sums.places += places;
    sums.hitsSquared += hits * hits;
    sums.placesSquared += places * places;
    sums.product += hits * places;
    [this.#hits, this.#places] = [0, 0];
  }

  /** @param trials what an error is told from where all were hits, or none */
  #ratio(sums: Sums, trials: number): Figure {
    const { hits, places, hitsSquared, placesSquared, product } = sums;
    if (places === 0) return { value: 0, method: "simulated", standardError: 1 };
    const value = hits / places;
    if (hits === 0 || hits === places) return shareOf(value * trials, trials);
    const residual = hitsSquared - 2 * value * product + value * value * placesSquared;
    return { value, method: "simulated", standardError: Math.sqrt(Math.max(0, residual)) / places };
  }
}

/**
 * The spread of simulated counts; the error of the standard deviation is that of the variance over twice itself. Mean and
 * deviation may be known exactly.
 */
export function spreadOf(values: Float64Array, exactMean?: number, exactDeviation?: number): Spread {
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
    standardDeviation:
      exactDeviation === undefined
        ? {
            value: deviation,
            method: "simulated",
            standardError: deviation === 0 ? 0 : errorOfVariance / (2 * deviation),
          }
        : exact(exactDeviation),
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
