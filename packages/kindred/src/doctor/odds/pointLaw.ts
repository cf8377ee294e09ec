/** A law of whole numbers: `probabilities[k]` is that of `first + k`. What is left out is less than 1e-25 of it. */
export interface PointLaw {
  readonly first: number;
  readonly probabilities: Float64Array;
}

const NEGLIGIBLE = 1e-30;

/** The number of hits in `trials` independent trials with chance `p`. */
export function binomialLaw(trials: number, p: number): PointLaw {
  if (p <= 0) return { first: 0, probabilities: Float64Array.of(1) };
  if (p >= 1) return { first: trials, probabilities: Float64Array.of(1) };
  const odds = p / (1 - p);
  const mode = Math.min(trials, Math.floor((trials + 1) * p));
  return fromRatios(mode, trials, (k) => ((trials - k) / (k + 1)) * odds);
}

/** Poisson's law of mean `mean`. */
export function poissonLaw(mean: number): PointLaw {
  if (mean <= 0) return { first: 0, probabilities: Float64Array.of(1) };
  return fromRatios(Math.floor(mean), Infinity, (k) => mean / (k + 1));
}

/** From the mode outward by p(k+1) / p(k) = ratio(k): no logarithm, no overflow, relative error of a few roundings a step. */
function fromRatios(mode: number, last: number, ratio: (k: number) => number): PointLaw {
  const below: number[] = [];
  for (let k = mode - 1, p = 1; k >= 0 && (p /= ratio(k)) > NEGLIGIBLE; k--) below.push(p);
  const above: number[] = [1];
  for (let k = mode, p = 1; k < last && (p *= ratio(k)) > NEGLIGIBLE; k++) above.push(p);
  const probabilities = Float64Array.from([...below.reverse(), ...above]);
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  return { first: mode - below.length, probabilities: probabilities.map((p) => p / total) };
}

/**
 * How far log n! lies above Stirling's formula log(sqrt(2 pi n) (n/e)^n). Sums of a few of these give probabilities at a mode
 * to the last digits where differences of log-factorials would lose eight of them.
 *
 * Source: Loader, "Fast and accurate computation of binomial probabilities" (2000).
 */
export function stirlingError(n: number): number {
  if (n === 0) return 0;
  if (n > 15) return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / n ** 2) / n ** 2) / n ** 2) / n;
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return Math.log(factorial) - 0.5 * Math.log(2 * Math.PI * n) - n * Math.log(n) + n;
}
