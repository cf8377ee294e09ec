import {
  AccuracyCalculator,
  CosineSimilarity,
  queryScores,
  Random,
  scoreMetrics,
  type Confusion,
  type Matrix,
  type QueryScores,
} from "kindred";
import { pairedChange, type Change } from "../../../data/change.ts";
import type { DataSet } from "../../../data/dataSet.ts";
import { part } from "../../../data/part.ts";

/** The metrics shown, in the order and with the words of their table. */
export const metricTitles = {
  precisionAt1: "precision@1",
  rPrecision: "R-precision",
  meanAveragePrecisionAtR: "MAP@R",
} as const;

export type MetricKey = keyof typeof metricTitles;

/** How well neighbours are of a kind. */
export interface Judgement {
  readonly metrics: Readonly<Record<MetricKey, number>>;
  /** 95 % intervals over the choice of queries. */
  readonly intervals: Readonly<Record<MetricKey, { readonly low: number; readonly high: number }>>;
  readonly queries: number;
  readonly references: number;
  readonly singletons: number;
  /** Each query's own values, in the order of the rows. */
  readonly perQuery: Readonly<Record<MetricKey, Float64Array>>;
  /** What heads are compared by, query by query. */
  readonly scores: QueryScores;
  /** Classes that are taken for one another, the most often confused first. */
  readonly confusions: readonly Confusion<string>[];
}

/** More queries than this tell nothing more; all rows stay references. */
const MOST_QUERIES = 10_000;
/** Products of entries, queries x references x columns, that a judgement may take: some seconds. */
const MOST_PRODUCTS = 4e10;
/** However many and wide the references are. */
const FEWEST_QUERIES = 1000;

/** How many rows are asked about. @param references rows that neighbours are looked for among */
export function queriesOf({ rows, cols }: Matrix, references: number): number {
  const affordable = Math.max(FEWEST_QUERIES, Math.floor(MOST_PRODUCTS / (references * cols)));
  return Math.min(rows, MOST_QUERIES, affordable);
}

/** The rows in random order when there are more than are asked about, so that the first ones are a fair choice. */
export function readyToJudge(data: DataSet, queries: number, seed: number): DataSet {
  if (data.vectors.rows <= queries) return data;
  const order = new Random(seed).shuffle(Int32Array.from(data.labels.keys()));
  return part(data, Array.from(order));
}

/** Vectors that are judged, or judged by. */
type Labelled = Pick<DataSet, "vectors" | "labels">;

/**
 * Looks by cosine for the neighbours of the first rows, among the references, or with null among all other rows.
 *
 * @param queries how many rows are asked about
 */
export function judge({ vectors, labels }: Labelled, references: Labelled | null, queries: number): Judgement {
  const include = Object.keys(metricTitles) as MetricKey[];
  const calculator = new AccuracyCalculator<string, MetricKey | (typeof scoreMetrics)[number]>({
    include: [...new Set([...include, ...scoreMetrics])],
    distance: new CosineSimilarity(),
    bootstrap: true,
    returnPerQuery: true,
    returnConfusions: true,
  });
  const among = references ?? { vectors, labels };
  const query = { data: vectors.data.subarray(0, queries * vectors.cols), rows: queries, cols: vectors.cols };
  const result = calculator.getAccuracy({
    query,
    queryLabels: labels.slice(0, queries),
    reference: among.vectors,
    referenceLabels: among.labels,
    refIncludesQuery: references === null,
  });
  const pick = <T>(values: Readonly<Record<string, T>>): Record<MetricKey, T> =>
    Object.fromEntries(include.map((name) => [name, values[name]])) as Record<MetricKey, T>;
  return {
    metrics: pick(result.metrics),
    intervals: pick(result.intervals!),
    queries: result.evaluated,
    references: among.vectors.rows,
    singletons: result.excluded,
    perQuery: pick(result.perQuery!.metrics),
    scores: queryScores(result.perQuery!),
    confusions: result.confusions!,
  };
}

/** By how much each metric changed, of the same rows in the same order. */
export function changesOf(before: Judgement, after: Judgement): Record<MetricKey, Change> {
  const keys = Object.keys(metricTitles) as MetricKey[];
  return Object.fromEntries(
    keys.map((key) => [key, pairedChange(before.perQuery[key], after.perQuery[key])]),
  ) as Record<MetricKey, Change>;
}
