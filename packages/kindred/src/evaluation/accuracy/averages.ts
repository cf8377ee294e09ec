import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { Random } from "../../matrix/random.ts";

/** The mean of the values; NaN of none. */
export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The mean of each group's values; NaN for a group without any. */
export function groupMeans(values: Float64Array, groups: Int32Array, groupCount: number): Float64Array {
  const sums = new Float64Array(groupCount);
  const counts = new Uint32Array(groupCount);
  for (let i = 0; i < values.length; i++) {
    sums[groups[i]] += values[i];
    counts[groups[i]]++;
  }
  return sums.map((sum, g) => sum / counts[g]);
}

/** The mean of the groups' means, of the groups that have a value; NaN of none. */
export function meanOfGroupMeans(values: Float64Array, groups: Int32Array, groupCount: number): number {
  return mean(groupMeans(values, groups, groupCount).filter((value) => !Number.isNaN(value)));
}

/** Where a value lies with the chance `level`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** How many times the queries are drawn anew. Default 1000. */
  readonly resamples: number;
  /** The chance that an interval covers the value. Default 0.95. */
  readonly level: number;
}

export const bootstrapDefaults: BootstrapOptions = { resamples: 1000, level: 0.95 };

/** How intervals are asked for; null: not at all. @throws TypeError, RangeError */
export function bootstrapOptions(bootstrap: boolean | Partial<BootstrapOptions>): BootstrapOptions | null {
  if (bootstrap === false) return null;
  const chosen = withDefaults(bootstrap === true ? {} : bootstrap, bootstrapDefaults, "bootstrap");
  checkNumber(chosen.resamples, "bootstrap.resamples", { atLeast: 1, integer: true });
  checkNumber(chosen.level, "bootstrap.level", { above: 0, below: 1 });
  return chosen;
}

/**
 * The intervals between the percentiles of statistics over resamples of their items, drawn with replacement; all
 * statistics see the same draws. Draws of which a statistic is NaN (the correlation of items that are all one) are passed over;
 * NaN where there are no others. Source: Efron, "Bootstrap methods: another look at the jackknife" (1979).
 *
 * @param items how many items there are
 * @param count how many statistics there are
 * @param statistics the statistics of the items drawn; the array is used again
 */
export function bootstrapIntervals(
  items: number,
  count: number,
  statistics: (drawn: Int32Array) => ArrayLike<number>,
  { resamples, level }: BootstrapOptions,
  seed: number,
): Interval[] {
  if (items === 0) return Array.from({ length: count }, () => ({ low: NaN, high: NaN }));
  const random = new Random(seed);
  const drawn = new Int32Array(items);
  const values = Array.from({ length: count }, () => new Float64Array(resamples));
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < items; i++) drawn[i] = random.integer(items);
    const drawnStatistics = statistics(drawn);
    for (let m = 0; m < count; m++) values[m][b] = drawnStatistics[m];
  }
  const tail = (1 - level) / 2;
  return values.map((drawnValues) => {
    const all = drawnValues.filter((value) => !Number.isNaN(value)).sort();
    return { low: quantile(all, tail), high: quantile(all, 1 - tail) };
  });
}

/** The quantile q of sorted values, between two of them in proportion (the R-7 rule); NaN of none. */
export function quantile(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return NaN;
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
