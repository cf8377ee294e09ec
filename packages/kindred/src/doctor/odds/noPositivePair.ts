import { sumOverClasses, type ClassCounts } from "../labels/classCounts.ts";
import type { Draw } from "./draw.ts";
import { binomialLaw } from "./pointLaw.ts";

/**
 * The probability that all samples of a batch are of different classes.
 *
 *     P = e_n(c_1, c_2, ...) n! / ways(N, n)
 *
 * e_n is the elementary symmetric polynomial of the class sizes: without replacement e_n / binomial(N, n), with replacement
 * the birthday product for classes of any size. e_n is the coefficient of x^n in prod (1 + c_j x). Written as
 * prod (1 + c_j t) times the law of a sum of independent trials with chances c_j t / (1 + c_j t), and t chosen so that this sum
 * is n on average, nothing overflows and nothing cancels: trials of equal classes are one binomial law, and one convolution
 * a distinct size gives the result with a relative error of about n roundings.
 */
export function noPositivePair(counts: ClassCounts, draw: Draw): number {
  return Math.exp(logNoPositivePair(counts, draw));
}

/** Its logarithm, which is finite where the probability is below the smallest number. */
export function logNoPositivePair(counts: ClassCounts, draw: Draw): number {
  const n = draw.batchSize;
  if (n > counts.classes) return -Infinity;
  if (draw.meets(counts.sizes[counts.sizes.length - 1]) === 0) return 0;
  if (n === counts.classes) return sumOverClasses(counts, Math.log) + draw.logTuple(1);
  const t = tilt(counts, n);
  const logProduct = sumOverClasses(counts, (size) => Math.log1p(size * t));
  return Math.min(0, logProduct + Math.log(chanceOfSum(counts, t, n)) + draw.logTuple(t));
}

/** t with sum_j c_j t / (1 + c_j t) = n, by bisection of its logarithm: n/N <= t <= n/(classes - n). */
function tilt(counts: ClassCounts, n: number): number {
  let low = Math.log(n / counts.samples);
  let high = Math.log(n / (counts.classes - n));
  // t need not be exact, only close enough that n lies at the middle of the law
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const t = Math.exp(middle);
    if (sumOverClasses(counts, (size) => (size * t) / (1 + size * t)) < n) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** The probability that independent trials, one a class with chance c t / (1 + c t), have n hits. */
function chanceOfSum({ sizes, multiplicities }: ClassCounts, t: number, n: number): number {
  let sums = Float64Array.of(1);
  let first = 0;
  for (let g = 0; g < sizes.length; g++) {
    const law = binomialLaw(multiplicities[g], (sizes[g] * t) / (1 + sizes[g] * t));
    first += law.first;
    sums = convolve(sums, law.probabilities, n - first + 1);
    let negligible = 0;
    while (negligible < sums.length && sums[negligible] < 1e-40) negligible++;
    sums = sums.subarray(negligible);
    first += negligible;
  }
  return sums[n - first] ?? 0;
}

function convolve(a: Float64Array, b: Float64Array, limit: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(Math.max(0, Math.min(limit, a.length + b.length - 1)));
  for (let j = 0; j < b.length; j++) {
    const end = Math.min(a.length, out.length - j);
    for (let i = 0; i < end; i++) out[i + j] += a[i] * b[j];
  }
  return out;
}
