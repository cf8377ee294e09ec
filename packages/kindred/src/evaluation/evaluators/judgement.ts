import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { takeColumns } from "../../matrix/columns.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { type BootstrapOptions, bootstrapIntervals, bootstrapOptions, type Interval } from "../accuracy/averages.ts";
import { checkWidths } from "../neighbours/nearestNeighbours.ts";
import { checkSimilarity, type Similarity } from "../similarity/similarity.ts";

/** What an evaluator says of embeddings; M are its metrics. */
export interface Judgement<M extends string = string> {
  /** Larger is better, but for thresholds. */
  readonly metrics: Readonly<Record<M, number>>;
  /** The metric to choose a model by. */
  readonly primary: M;
  /** With `bootstrap`: where each metric lies over the choice of queries or rows. */
  readonly intervals?: Readonly<Record<M, Interval>>;
}

/** What every evaluator can be told. */
export interface EvaluatorOptions {
  /** By what embeddings are compared. Default "cosine"; several: {@link acrossSimilarities}. */
  readonly similarity: Similarity;
  /** How many of the first coordinates are compared, >= 1; they are not made unit again. Default null: all. */
  readonly truncateDim: number | null;
  /** Confidence intervals by drawing the queries (or rows) anew: true, or how. Default false. */
  readonly bootstrap: boolean | Partial<BootstrapOptions>;
  /** Of the draws. Default 0. */
  readonly seed: number;
}

export const evaluatorDefaults: EvaluatorOptions = {
  similarity: "cosine",
  truncateDim: null,
  bootstrap: false,
  seed: 0,
};

/** The options given over an evaluator's defaults, those that all have checked. @throws TypeError, RangeError */
export function evaluatorOptions<O extends Omit<EvaluatorOptions, "similarity">>(
  given: Partial<O> | undefined,
  defaults: O,
  owner: string,
): O {
  const options = withDefaults(given, defaults, owner);
  if ("similarity" in options) checkSimilarity(options.similarity, "similarity");
  if (options.truncateDim !== null) checkNumber(options.truncateDim, "truncateDim", { atLeast: 1, integer: true });
  bootstrapOptions(options.bootstrap);
  checkNumber(options.seed, "seed");
  return options;
}

/** The inputs of an evaluator, all equally wide, cut to their first coordinates. @throws TypeError, RangeError */
export function evaluatedMatrices<N extends string>(
  inputs: Readonly<Record<N, MatrixLike>>,
  { truncateDim }: Pick<EvaluatorOptions, "truncateDim">,
): Readonly<Record<N, Matrix>> {
  const cut = new Map<N, Matrix>();
  let first: Matrix | null = null;
  for (const [name, input] of Object.entries(inputs) as [N, MatrixLike][]) {
    const matrix = toMatrix(input, name);
    checkWidths((first ??= matrix), matrix);
    if (truncateDim !== null && truncateDim > matrix.cols && matrix.rows > 0)
      throw new RangeError(`truncateDim is ${truncateDim}, but ${name} has ${matrix.cols} columns; give no more`);
    cut.set(name, takeColumns(matrix, { start: 0, end: Math.min(truncateDim ?? Infinity, matrix.cols) }));
  }
  return Object.fromEntries(cut) as Record<N, Matrix>;
}

/** Refuses rows that do not go one with one. @throws RangeError */
export function checkSameRows(inputs: Readonly<Record<string, Pick<Matrix, "rows">>>, what: string): void {
  const [[first, { rows }], ...others] = Object.entries(inputs);
  for (const [name, other] of others)
    if (other.rows !== rows) throw new RangeError(`${name} has ${other.rows} rows, ${first} has ${rows}; ${what}`);
}

/** Refuses a list without one entry a row. @throws TypeError, RangeError */
export function checkOneARow(list: ArrayLike<unknown>, name: string, rows: number): void {
  if (typeof list !== "object" || list === null || typeof list.length !== "number")
    throw new TypeError(`${name} is ${describe(list)}; give an array with one entry a row`);
  if (list.length !== rows) throw new RangeError(`${name} has ${list.length} entries for ${rows} rows; each needs one`);
}

/**
 * The judgement that comes of statistics of weighted items, with intervals when they are asked for: the items are drawn anew, and
 * weigh as often as they were drawn.
 *
 * @param items how many items there are
 * @param statistics the metrics of items with these weights; at first all weigh 1
 */
export function judge<M extends string>(
  items: number,
  statistics: (weights: Float64Array) => Readonly<Record<M, number>>,
  primary: NoInfer<M>,
  { bootstrap, seed }: Pick<EvaluatorOptions, "bootstrap" | "seed">,
): Judgement<M> {
  const weights = new Float64Array(items).fill(1);
  const metrics = { ...statistics(weights) };
  const options = bootstrapOptions(bootstrap);
  if (options === null) return { metrics, primary };
  const names = Object.keys(metrics) as M[];
  const drawn = (rows: Int32Array): number[] => {
    weights.fill(0);
    for (const row of rows) weights[row]++;
    const values = statistics(weights);
    return names.map((name) => values[name]);
  };
  const intervals = bootstrapIntervals(items, names.length, drawn, options, seed);
  return {
    metrics,
    primary,
    intervals: Object.fromEntries(names.map((name, m) => [name, intervals[m]])) as Record<M, Interval>,
  };
}

/** The judgement of metrics that are means over items. NaN of no items. @param values of each metric, one an item */
export function judgeMeans<M extends string>(
  values: Readonly<Record<M, Float64Array>>,
  primary: NoInfer<M>,
  options: Pick<EvaluatorOptions, "bootstrap" | "seed">,
): Judgement<M> {
  const entries = Object.entries(values) as [M, Float64Array][];
  const means = (weights: Float64Array): Record<M, number> =>
    Object.fromEntries(entries.map(([name, all]) => [name, weightedMean(all, weights)])) as Record<M, number>;
  return judge<M>(entries[0][1].length, means, primary, options);
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    sum += weights[k] * values[k];
    total += weights[k];
  }
  return sum / total;
}

/** The same judgement with a name before each of its metrics: `accuracy` of "dev" is `devAccuracy`. */
export function named(name: string, { metrics, primary, intervals }: Judgement): Judgement {
  if (typeof name !== "string" || name === "")
    throw new TypeError(`name is ${describe(name)}; give a text, such as "dev"`);
  const renamed = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).map(([metric, value]) => [joined(name, metric), value]));
  return {
    metrics: renamed(metrics),
    primary: joined(name, primary),
    ...(intervals !== undefined && { intervals: renamed(intervals) }),
  };
}

/** Records of different names as one. */
export function merged<T>(records: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)));
}

/** Two names as one, in camelCase. */
export function joined(name: string, metric: string): string {
  return `${name}${metric[0].toUpperCase()}${metric.slice(1)}`;
}
