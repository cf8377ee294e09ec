import { expect } from "vitest";

/**
 * Holds counts of independent draws to the probabilities they come from, by Pearson's chi-squared at p = 0.001. Outcomes
 * that are expected fewer than five times are taken together; what cannot come must not have come.
 */
export function expectDraws(counts: ArrayLike<number>, probabilities: ArrayLike<number>): void {
  expect(counts.length).toBe(probabilities.length);
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  let rest = { count: 0, expected: 0 };
  let cells = 0;
  let statistic = 0;
  const add = (count: number, expected: number): void => {
    statistic += (count - expected) ** 2 / expected;
    cells++;
  };
  for (let k = 0; k < counts.length; k++) {
    const expected = probabilities[k] * total;
    if (probabilities[k] === 0) expect(counts[k]).toBe(0);
    else if (expected >= 5) add(counts[k], expected);
    else rest = { count: rest.count + counts[k], expected: rest.expected + expected };
  }
  if (rest.expected > 0) add(rest.count, rest.expected);
  if (cells > 1) expect(statistic).toBeLessThan(criticalChiSquared(cells - 1));
}

/** The 0.999 quantile, by Wilson and Hilferty's cube root. */
function criticalChiSquared(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
}
