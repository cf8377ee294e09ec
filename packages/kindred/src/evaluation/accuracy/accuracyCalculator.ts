import type { Distance } from "../../distances/distance.ts";
import { distanceSpace } from "../../distances/scores/distanceSpace.ts";
import { watchedSpace } from "../../distances/scores/watchedSpace.ts";
import { checkNames, checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Label, Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { adjustedMutualInformation, normalizedMutualInformation } from "../clustering/clusteringScores.ts";
import { kMeans } from "../clustering/kMeans.ts";
import { checkWidths } from "../neighbours/nearestNeighbours.ts";
import { measureRecall, type NeighbourIndexBuilder } from "../neighbours/neighbourIndex.ts";
import { usualDistance } from "../neighbours/usualDistance.ts";
import {
  type BootstrapOptions,
  bootstrapIntervals,
  bootstrapOptions,
  groupMeans,
  type Interval,
  mean,
  meanOfGroupMeans,
} from "./averages.ts";
import { type Confusion, confusedClasses } from "./confusions.ts";
import { forEachHits, HitReader, type HitVisitor } from "./hitSearch.ts";
import { chooseMetrics, type AskedMetric, type MetricName, type MetricsOf } from "./metricNames.ts";
import { neededDepth, queryMetric } from "./rankingMetrics.ts";
import {
  comparedLabels,
  countRelevant,
  equalLabels,
  type LabelComparison,
  type Relevance,
  type RelevantCounts,
} from "./relevance.ts";

/** What an {@link AccuracyCalculator} can be told; the names are PML's. */
export interface AccuracyOptions<L = Label> {
  /** The metrics to compute, in camelCase or as PML writes them. Default, or when empty: PML's seven. */
  readonly include: readonly AskedMetric[];
  /** Metrics to leave out. Default none. */
  readonly exclude: readonly AskedMetric[];
  /** Averages over classes instead of over queries, so that large classes do not outweigh small ones. Default false. */
  readonly avgOfAvgs: boolean;
  /** Adds each class's own values to the result. Default false; excludes `avgOfAvgs`. */
  readonly returnPerClass: boolean;
  /** Adds each query's own values to the result. Default false. */
  readonly returnPerQuery: boolean;
  /** Adds which classes are taken for one another to the result. Default false. */
  readonly returnConfusions: boolean;
  /**
   * How many neighbours are looked at. null, the default: as many as the metrics asked for need for their exact values;
   * "max_bin_count": as many as any query has relevant references. More than there are is cut to those there are.
   */
  readonly k: number | "max_bin_count" | null;
  /** How far apart two embeddings are. Default: the cosine. */
  readonly distance: Distance;
  /** How relevant a reference is to a query, from their labels. null, the default: when the labels are equal. */
  readonly labelComparisonFn: LabelComparison<L> | null;
  /** Builds an index to search instead of all references; its recall is measured and told. null, the default: exact. */
  readonly knnFunc: NeighbourIndexBuilder | null;
  /** Gives each row's cluster for NMI and AMI. Default: {@link kMeans} with `seed`. */
  readonly kmeansFunc: ((query: Matrix, clusters: number) => Labels) | null;
  /** Confidence intervals by resampling the queries: true, or how. Default false. */
  readonly bootstrap: boolean | Partial<BootstrapOptions>;
  /** Of the clustering, the resampling and the sample that an index's recall is measured on. Default 0. */
  readonly seed: number;
  /** Is told while an exact search runs how many of the queries are done. Default null. */
  readonly onProgress: ((done: number, total: number) => void) | null;
}

/** Whose accuracy is computed. */
export interface AccuracyInput<L = Label> {
  /** n x d. */
  readonly query: MatrixLike;
  readonly queryLabels: ArrayLike<L>;
  /** m x d. Default: the queries, none of which is its own neighbour. */
  readonly reference?: MatrixLike | undefined;
  readonly referenceLabels?: ArrayLike<L> | undefined;
  /** Whether the first n rows of the reference are the queries. Default false with a reference. */
  readonly refIncludesQuery?: boolean | undefined;
  /** The clusters of the queries, for NMI and AMI. Default: those of `kmeansFunc`, as many as there are classes. */
  readonly clusterLabels?: Labels | undefined;
  /** Further narrows the calculator's metrics, for this call. */
  readonly include?: AccuracyOptions["include"] | undefined;
  readonly exclude?: AccuracyOptions["exclude"] | undefined;
}

/** One value for each metric that was asked for; where the names are not known to the compiler, each may be undefined. */
export type MetricValues<T, M extends MetricName = MetricName> = MetricName extends M
  ? Readonly<Partial<Record<MetricName, T>>>
  : Readonly<Record<M, T>>;

/** What {@link AccuracyCalculator.getAccuracy} gives; M are the metrics asked for. */
export interface AccuracyResult<L = Label, M extends MetricName = MetricName> {
  /** NaN where no query could be evaluated. */
  readonly metrics: MetricValues<number, M>;
  /** How many neighbours of each query were looked at; 0 when no metric needed any. */
  readonly k: number;
  readonly queries: number;
  readonly references: number;
  /** Queries with at least one relevant reference: those that the metrics are averaged over. */
  readonly evaluated: number;
  /** Queries without one, left out: singletons, when the reference is the queries. */
  readonly excluded: number;
  /** With `returnPerClass`: by ascending label, the classes with an evaluated query (all, and NaN, when there is none). */
  readonly perClass?: ClassAccuracy<L, M>;
  /** With `returnPerQuery`: the rows of the evaluated queries, ascending, and their values. */
  readonly perQuery?: { readonly rows: Int32Array; readonly metrics: MetricValues<Float64Array, M> };
  /** With `returnConfusions`: pairs of classes that are taken for one another, the most often confused first. */
  readonly confusions?: readonly Confusion<L>[];
  /** With `bootstrap`: of the metrics that are means over queries. */
  readonly intervals?: MetricValues<Interval, M>;
  /** With `knnFunc`: the share of the exact neighbours that the index finds. */
  readonly indexRecall?: number;
  /** What a reader of the numbers should know, in sentences. */
  readonly warnings: readonly string[];
}

/** The metrics of each class. */
export interface ClassAccuracy<L = Label, M extends MetricName = MetricName> {
  readonly labels: readonly L[];
  readonly queries: Uint32Array;
  readonly metrics: MetricValues<Float64Array, M>;
}

/** Options whose metrics the compiler is to know. */
type Asking<O, I extends AskedMetric, X extends AskedMetric> = Omit<Partial<O>, "include" | "exclude"> & {
  readonly include?: readonly I[];
  readonly exclude?: readonly X[];
};

/** An input whose metrics the compiler is to know. */
type AskingNow<L, I extends AskedMetric, X extends AskedMetric> = Omit<AccuracyInput<L>, "include" | "exclude"> & {
  readonly include?: readonly I[] | undefined;
  readonly exclude?: readonly X[] | undefined;
};

function defaults<L>(): AccuracyOptions<L> {
  return {
    include: [],
    exclude: [],
    avgOfAvgs: false,
    returnPerClass: false,
    returnPerQuery: false,
    returnConfusions: false,
    k: null,
    distance: usualDistance(),
    labelComparisonFn: null,
    knnFunc: null,
    kmeansFunc: null,
    bootstrap: false,
    seed: 0,
    onProgress: null,
  };
}

const inputNames: readonly (keyof AccuracyInput)[] = [
  "query",
  "queryLabels",
  "reference",
  "referenceLabels",
  "refIncludesQuery",
  "clusterLabels",
  "include",
  "exclude",
];

const clusteringMetrics: readonly MetricName[] = ["NMI", "AMI"];

/** The labels, the search and what is asked, as the private steps hand it on. */
interface Task<L> {
  readonly query: Matrix;
  readonly reference: Matrix;
  readonly isIncluded: boolean;
  readonly relevance: Relevance<L>;
  readonly counts: RelevantCounts;
  readonly names: readonly MetricName[];
  readonly warnings: string[];
}

/** What is told of each query: each metric's value, and its nearest reference where confusions are asked for. */
interface QueryRecords {
  readonly values: ReadonlyMap<MetricName, Float64Array>;
  readonly nearest: Int32Array | null;
}

/**
 * How well embeddings tell classes apart: for each query its nearest references are looked at, and whether they are
 * relevant. The metrics' equations stand at {@link queryMetric}; NMI and AMI compare k-means clusters with the labels.
 *
 * Queries without a relevant reference (singletons) are left out and counted.
 *
 * @throws RangeError for an unknown metric, for avgOfAvgs with returnPerClass, for NMI or AMI asked for with a
 *   labelComparisonFn, for a k that is no whole number >= 1
 * @example
 * const { metrics } = new AccuracyCalculator({ include: ["precisionAt1", "rPrecision"] })
 *   .getAccuracy({ query: [[0], [1], [9], [8]], queryLabels: ["a", "a", "b", "b"] });
 * metrics.precisionAt1; // 1
 *
 * The metrics asked for are known to the compiler: L is the labels' type, I and X what is included and excluded.
 */
export class AccuracyCalculator<L = Label, const I extends AskedMetric = never, const X extends AskedMetric = never> {
  readonly #options: AccuracyOptions<L>;
  readonly #bootstrap: BootstrapOptions | null;
  /** The metrics that are computed, by name. */
  readonly metrics: readonly MetricName[];

  constructor(options?: Asking<AccuracyOptions<L>, I, X>) {
    const chosen = withDefaults<AccuracyOptions<L>>(options, defaults<L>(), "AccuracyCalculator");
    const { k, bootstrap, labelComparisonFn } = chosen;
    if (chosen.avgOfAvgs && chosen.returnPerClass)
      throw new RangeError(
        "avgOfAvgs and returnPerClass are both true; averages over classes or each class's own values",
      );
    if (k !== null && k !== "max_bin_count")
      checkNumber(k, 'k (other than null or "max_bin_count")', { atLeast: 1, integer: true });
    const isAskedFor = chosen.include.length > 0;
    const metrics = chooseMetrics(chosen.include, chosen.exclude);
    const clustered = metrics.filter((name) => clusteringMetrics.includes(name));
    if (labelComparisonFn !== null && isAskedFor && clustered.length > 0)
      throw new RangeError(
        `${clustered.join(" and ")} need classes, which a labelComparisonFn does not make; leave them out`,
      );
    this.metrics = labelComparisonFn === null ? metrics : metrics.filter((name) => !clusteringMetrics.includes(name));
    this.#options = chosen;
    this.#bootstrap = bootstrapOptions(bootstrap);
  }

  /** "avg_of_avgs" when averages are taken over classes, else "", as PML names its records. */
  description(): string {
    return this.#options.avgOfAvgs ? "avg_of_avgs" : "";
  }

  /**
   * The accuracy of queries among references.
   *
   * @throws TypeError or RangeError when a matrix is none or holds NaN, when labels and rows differ in number, when widths
   *   differ, or when refIncludesQuery is set and the first references are not the queries
   */
  getAccuracy<const Included extends AskedMetric = never, const Excluded extends AskedMetric = never>(
    input: AskingNow<L, Included, Excluded>,
  ): AccuracyResult<L, MetricsOf<Included, Excluded, MetricsOf<I, X>>>;
  getAccuracy(input: AccuracyInput<L>): AccuracyResult<L> {
    const task = this.#prepare(input);
    const ranking = task.names.filter((name) => !clusteringMetrics.includes(name));
    const { returnConfusions } = this.#options;
    const k = Math.max(this.#depth(task, ranking), returnConfusions && task.counts.largest > 0 ? 1 : 0);
    const nearest = returnConfusions ? new Int32Array(task.query.rows).fill(-1) : null;
    const values = new Map(ranking.map((name) => [name, new Float64Array(task.query.rows)]));
    const indexRecall = k > 0 ? this.#rank(task, k, { values, nearest }) : undefined;
    const rows = Int32Array.from(task.relevance.queryClass.keys()).filter((i) => task.counts.relevant[i] > 0);
    const perQuery = mapValues(values, (all) => Float64Array.from(rows, (i) => all[i]));
    const groups = Int32Array.from(rows, (i) => task.relevance.queryClass[i]);
    const average = this.#average(groups, task.relevance.classes.length);
    const metrics = { ...toRecord(mapValues(perQuery, average)), ...this.#clusteringScores(input, task) };
    if (ranking.length > 0 && rows.length === 0)
      task.warnings.push("no query has a relevant reference, so that there is nothing to average");
    return {
      metrics: inOrder(metrics, task.names),
      k,
      queries: task.query.rows,
      references: task.reference.rows,
      evaluated: rows.length,
      excluded: task.query.rows - rows.length,
      ...(this.#options.returnPerClass && { perClass: perClass(task.relevance, groups, perQuery) }),
      ...(this.#options.returnPerQuery && { perQuery: { rows, metrics: toRecord(perQuery) } }),
      ...(nearest !== null && { confusions: confusedClasses(task.relevance, rows, nearest) }),
      ...(this.#bootstrap !== null && { intervals: toRecord(this.#intervals(perQuery, groups, task)) }),
      ...(indexRecall !== undefined && { indexRecall }),
      warnings: task.warnings,
    };
  }

  #prepare(input: AccuracyInput<L>): Task<L> {
    checkNames(input, inputNames, "AccuracyCalculator.getAccuracy");
    const { include = [], exclude = [], queryLabels } = input;
    const query = toMatrix(input.query, "query");
    const isAlone = input.reference === undefined;
    if (isAlone && input.referenceLabels !== undefined)
      throw new RangeError("referenceLabels are given without a reference; give both or neither");
    const reference = isAlone || input.reference === input.query ? query : toMatrix(input.reference, "reference");
    const referenceLabels = isAlone ? queryLabels : input.referenceLabels;
    if (referenceLabels === undefined)
      throw new TypeError(
        isAlone
          ? "queryLabels is undefined; each query needs one label"
          : "referenceLabels is undefined; the reference needs one label a row",
      );
    checkWidths(query, reference);
    checkCount(queryLabels, "queryLabels", query);
    checkCount(referenceLabels, "referenceLabels", reference);
    const isIncluded = isAlone || (input.refIncludesQuery ?? false);
    if (isIncluded && !isAlone) checkIncluded(query, queryLabels, reference, referenceLabels);
    const relevance = this.#relevance(queryLabels, referenceLabels);
    const counts = countRelevant(relevance, isIncluded);
    const names = chooseMetrics(include, exclude, this.metrics).filter((name) => this.metrics.includes(name));
    return { query, reference, isIncluded, relevance, counts, names, warnings: [] };
  }

  #relevance(queryLabels: ArrayLike<L>, referenceLabels: ArrayLike<L>): Relevance<L> {
    const compare = this.#options.labelComparisonFn;
    if (compare !== null) return comparedLabels(queryLabels, referenceLabels, compare);
    return equalLabels(queryLabels as Labels, referenceLabels as Labels) as Relevance<L>;
  }

  /** How many neighbours are looked at; warns when that is too few for a metric. */
  #depth({ reference, isIncluded, counts, query, warnings }: Task<L>, names: readonly MetricName[]): number {
    const available = reference.rows - (isIncluded ? 1 : 0);
    if (names.length === 0 || query.rows === 0 || counts.largest === 0) return 0;
    const { k } = this.#options;
    const needed = new Map(
      names.map((name) => [name, Math.min(neededDepth(name, counts.largest, available), available)]),
    );
    const wanted = k === null ? Math.max(...needed.values()) : k === "max_bin_count" ? counts.largest : k;
    const depth = Math.min(wanted, available);
    if (typeof k === "number") {
      const cut = names.filter((name) => /AtR$|^rPrecision$|At\d+$/.test(name) && (needed.get(name) as number) > depth);
      if (cut.length > 0)
        warnings.push(
          `k is ${k}, too few neighbours for ${cut.join(", ")}; leave k out and as many as they need are looked at`,
        );
      if (k > available)
        warnings.push(`k is ${k}, but a query has ${available} references to choose from; all were looked at`);
    }
    return depth;
  }

  /** Fills in what is told of each query with a relevant reference; returns the index's recall. */
  #rank(task: Task<L>, k: number, { values, nearest }: QueryRecords): number | undefined {
    const { query, reference, relevance, counts, isIncluded } = task;
    const { distance, knnFunc, seed, onProgress } = this.#options;
    const fillers = [...values].map(([name, all]) => ({ compute: queryMetric(name), all }));
    const visit: HitVisitor = (i, hits) => {
      if (hits.relevant === 0) return;
      for (const { compute, all } of fillers) all[i] = compute(hits);
      if (nearest !== null) nearest[i] = hits.nearest;
    };
    if (knnFunc === null) {
      const space = distanceSpace(distance, query, reference);
      const watched = onProgress === null ? space : watchedSpace(space, onProgress);
      forEachHits(watched, { relevance, counts, k, isIncluded }, visit);
      onProgress?.(query.rows, query.rows);
      return undefined;
    }
    const index = knnFunc(reference, distance);
    const depth = isIncluded ? k + 1 : k;
    const found = index.search(query, depth);
    const reader = new HitReader(relevance, counts, k);
    for (let i = 0; i < query.rows; i++) {
      let ids = found.indices.subarray(i * found.k, (i + 1) * found.k);
      if (isIncluded) ids = ids.filter((id) => id !== i).subarray(0, k);
      visit(i, reader.read(i, ids, 0, ids.length));
    }
    return measureRecall(index, query, reference, depth, { distance, seed });
  }

  #average(groups: Int32Array, groupCount: number): (values: Float64Array) => number {
    return this.#options.avgOfAvgs ? (values) => meanOfGroupMeans(values, groups, groupCount) : mean;
  }

  #intervals(
    perQuery: ReadonlyMap<MetricName, Float64Array>,
    groups: Int32Array,
    { relevance }: Task<L>,
  ): Map<MetricName, Interval> {
    const names = [...perQuery.keys()];
    const all = [...perQuery.values()];
    const drawnValues = new Float64Array(groups.length);
    const drawnGroups = new Int32Array(groups.length);
    const average = this.#average(drawnGroups, relevance.classes.length);
    const statistics = (drawn: Int32Array): number[] => {
      for (let d = 0; d < drawn.length; d++) drawnGroups[d] = groups[drawn[d]];
      return all.map((values) => {
        for (let d = 0; d < drawn.length; d++) drawnValues[d] = values[drawn[d]];
        return average(drawnValues);
      });
    };
    const options = this.#bootstrap as BootstrapOptions;
    const intervals = bootstrapIntervals(groups.length, names.length, statistics, options, this.#options.seed);
    return new Map(names.map((name, m) => [name, intervals[m]]));
  }

  #clusteringScores(input: AccuracyInput<L>, { names, query }: Task<L>): Partial<Record<MetricName, number>> {
    const wanted = names.filter((name) => clusteringMetrics.includes(name));
    if (wanted.length === 0) return {};
    const labels = input.queryLabels as Labels;
    const classes = new Set(Array.from(labels)).size;
    const { seed, kmeansFunc } = this.#options;
    const cluster = kmeansFunc ?? ((x: Matrix, k: number) => kMeans(x, k, { seed }).labels);
    const clusters = input.clusterLabels ?? (query.rows === 0 ? [] : cluster(query, classes));
    if (clusters.length !== query.rows)
      throw new RangeError(
        `clusterLabels has ${clusters.length} entries for ${query.rows} queries; each query needs one cluster`,
      );
    const scores = { NMI: normalizedMutualInformation, AMI: adjustedMutualInformation };
    return Object.fromEntries(wanted.map((name) => [name, scores[name as keyof typeof scores](labels, clusters)]));
  }
}

function perClass<L>(
  relevance: Relevance<L>,
  groups: Int32Array,
  perQuery: ReadonlyMap<MetricName, Float64Array>,
): ClassAccuracy<L> {
  const present = [...new Set(groups.length > 0 ? groups : relevance.queryClass)];
  const order = present.sort((a, b) => compareLabels(relevance.classes[a], relevance.classes[b]));
  const means = mapValues(perQuery, (values) => groupMeans(values, groups, relevance.classes.length));
  const queries = new Uint32Array(relevance.classes.length);
  for (const group of groups) queries[group]++;
  return {
    labels: order.map((c) => relevance.classes[c]),
    queries: Uint32Array.from(order, (c) => queries[c]),
    metrics: toRecord(mapValues(means, (all) => Float64Array.from(order, (c) => all[c]))),
  };
}

/** Ascending numbers and strings; kinds of labels apart; labels without an order stay where they are. */
function compareLabels(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1;
  if (typeof a === "object") return 0;
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function checkCount(labels: ArrayLike<unknown>, name: string, { rows }: Matrix): void {
  if (typeof labels?.length !== "number" || typeof labels === "string")
    throw new TypeError(`${name} is ${describe(labels)}; give an array with one label a row`);
  if (labels.length !== rows)
    throw new RangeError(`${name} has ${labels.length} entries for ${rows} embeddings; each row needs one label`);
}

/** As near as two computations of one embedding in float32 come. */
function checkIncluded<L>(
  query: Matrix,
  queryLabels: ArrayLike<L>,
  reference: Matrix,
  referenceLabels: ArrayLike<L>,
): void {
  const hint = "with refIncludesQuery its first rows must be the queries, in their order";
  if (reference.rows < query.rows)
    throw new RangeError(`reference has ${reference.rows} rows for ${query.rows} queries; ${hint}`);
  for (let e = 0; e < query.data.length; e++) {
    if (Math.abs(query.data[e] - reference.data[e]) <= 1e-8 + 1e-5 * Math.abs(reference.data[e])) continue;
    throw new RangeError(`row ${Math.floor(e / query.cols)} of reference is not that of query; ${hint}`);
  }
  for (let i = 0; i < queryLabels.length; i++) {
    if (queryLabels[i] !== referenceLabels[i])
      throw new RangeError(`referenceLabels[${i}] is not queryLabels[${i}]; ${hint}`);
  }
}

function mapValues<T, U>(map: ReadonlyMap<MetricName, T>, change: (value: T) => U): Map<MetricName, U> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}

function toRecord<T>(map: ReadonlyMap<MetricName, T>): MetricValues<T> {
  return Object.fromEntries(map);
}

function inOrder(metrics: Partial<MetricValues<number>>, names: readonly MetricName[]): MetricValues<number> {
  return Object.fromEntries(names.map((name) => [name, metrics[name]]));
}
