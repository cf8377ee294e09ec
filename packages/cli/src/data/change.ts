/** By how much something changed, and where that lies with a chance of 95 % over the choice of queries. */
export interface Change {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How far from its mean a normal quantity lies in 95 % of all cases, in standard deviations. */
const Z = 1.96;

/**
 * The mean change of queries that were asked twice, with a normal interval. Each query is compared with itself, so that what makes
 * some queries harder than others does not blur the change.
 *
 * @param before a value a query
 * @param after of the same queries, in the same order
 */
export function pairedChange(before: Float64Array, after: Float64Array): Change {
  const n = before.length;
  const differences = after.map((value, i) => value - before[i]);
  const value = differences.reduce((sum, x) => sum + x, 0) / n;
  const squares = differences.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const half = n > 1 ? Z * Math.sqrt(squares / (n - 1) / n) : Infinity;
  return { value, low: value - half, high: value + half };
}
