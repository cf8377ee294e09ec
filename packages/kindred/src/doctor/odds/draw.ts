import { binomialLaw, poissonLaw, stirlingError, type PointLaw } from "./pointLaw.ts";

/**
 * How a batch of n samples is drawn from N. Both ways have one property that all exact figures rest on: how many samples each
 * class gives is distributed as independent numbers are, given that they sum to n.
 */
export interface Draw {
  /** N, the samples of the data. */
  readonly samples: number;
  /** n, the samples of a batch. */
  readonly batchSize: number;
  /** The probability that a sample in a batch meets no other of its class there, the class having `size` samples. */
  alone(size: number): number;
  /** The probability that a batch holds at least two samples of a class of `size`. */
  meets(size: number): number;
  /** The probability that all of a batch is of one given class of `size`. */
  whole(size: number): number;
  /** How many ways k places of a batch can be filled from `size` samples. */
  ways(size: number, k: number): number;
  /** The independent law of the number that a class of `size` gives. */
  law(size: number): PointLaw;
  /** log( n! / (ways(N, n) t^n) ): what turns the coefficient e_n of the class sizes, each times t, into a probability. */
  logTuple(t: number): number;
}

/** Every set of n samples equally likely: the batches of a shuffled epoch, its shorter last one aside. */
export function drawWithoutReplacement(samples: number, batchSize: number): Draw {
  const [N, n] = [samples, batchSize];
  const q = n / N;
  const once = (size: number): number => q * size * Math.exp(logNone(N - 1, size - 1, n - 1));
  return {
    samples,
    batchSize,
    alone: (size) => Math.exp(logNone(N - 1, size - 1, n - 1)),
    meets(size) {
      if (size < 2 || n < 2) return 0;
      const ratio = (k: number): number => (((size - k) / (k + 1)) * (n - k)) / (N - size - n + k + 1);
      return q * size < 1 ? tail(once(size), ratio) : 1 - Math.exp(logNone(N, size, n)) - once(size);
    },
    whole: (size) => Math.exp(logNone(N, N - size, n)),
    ways: falling,
    law: (size) => binomialLaw(size, q),
    logTuple(t) {
      if (N === n) return -n * Math.log(t);
      const logPeak = 0.5 * Math.log(N / (2 * Math.PI * n * (N - n))) + stirlingError(N) - stirlingError(n);
      return n * Math.log(q / t) + (N - n) * Math.log1p(-q) - logPeak + stirlingError(N - n);
    },
  };
}

/** Every sample drawn anew from all: a batch may hold a sample twice. */
export function drawWithReplacement(samples: number, batchSize: number): Draw {
  const [N, n] = [samples, batchSize];
  const power = (base: number, exponent: number): number =>
    exponent === 0 ? 1 : Math.exp(exponent * Math.log1p(base));
  return {
    samples,
    batchSize,
    alone: (size) => power(-size / N, n - 1),
    meets(size) {
      const p = size / N;
      if (n < 2 || p === 1) return n < 2 ? 0 : 1;
      const once = n * p * power(-p, n - 1);
      return n * p < 1 ? tail(once, (k) => ((n - k) / (k + 1)) * (p / (1 - p))) : 1 - power(-p, n) - once;
    },
    whole: (size) => (size / N) ** n,
    ways: (size, k) => size ** k,
    law: (size) => poissonLaw((n * size) / N),
    logTuple: (t) => n * Math.log(n / (N * t)) - n + 0.5 * Math.log(2 * Math.PI * n) + stirlingError(n),
  };
}

/** x (x-1) ... (x-k+1). */
export function falling(x: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= Math.max(0, x - i);
  return product;
}

/** The logarithm of the probability that n draws from N without replacement meet none of m marked samples. */
function logNone(N: number, m: number, n: number): number {
  if (m <= 0 || n <= 0) return 0;
  if (m + n > N) return -Infinity;
  const [few, many] = m < n ? [m, n] : [n, m];
  let sum = 0;
  for (let i = 0; i < few && sum > -745; i++) sum += Math.log1p(-many / (N - i));
  return sum;
}

/** p(2) + p(3) + ... from p(1) and p(k+1) / p(k) = ratio(k); a difference from 1 would drown small ones. */
function tail(once: number, ratio: (k: number) => number): number {
  let [sum, p] = [0, once];
  for (let k = 1; (p *= ratio(k)) > sum * 1e-17; k++) sum += p;
  return sum;
}
