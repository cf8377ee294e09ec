import { describe } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, takeRows } from "../../matrix/matrix.ts";
import { emptyHits, type Hits } from "../accuracy/hits.ts";
import { chooseMetrics, type KindAtK, parseAtK } from "../accuracy/metricNames.ts";
import { queryMetric } from "../accuracy/rankingMetrics.ts";
import { nearestNeighbours } from "../neighbours/nearestNeighbours.ts";
import { distanceOf, type Similarity } from "../similarity/similarity.ts";
import {
  checkOneARow,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  type Judgement,
  judgeMeans,
} from "./judgement.ts";
import { type Id, type Relevant, relevantByQuery, type RelevantDocuments, rowsOfIds } from "./relevantDocuments.ts";

/** A metric of {@link evaluateRetrieval}: `ndcgAt10`, say. */
export type RetrievalMetric = `${KindAtK}${number}`;

/** What {@link evaluateRetrieval} looks for and among what. */
export interface RetrievalInput {
  /** n x d. */
  readonly queries: MatrixLike;
  /** m x d. */
  readonly documents: MatrixLike;
  /** One id a query. Default null: their row numbers, from 0. */
  readonly queryIds?: ArrayLike<Id> | null;
  /** One id a document. Default null: their row numbers, from 0. */
  readonly documentIds?: ArrayLike<Id> | null;
  /** The documents that are relevant to each query, by its id. */
  readonly relevant: RelevantDocuments;
}

/** Options of {@link evaluateRetrieval}. */
export interface EvaluateRetrievalOptions extends EvaluatorOptions {
  /**
   * What is computed. Default: hitRate, precision and recall at 1, 3, 5 and 10, meanReciprocalRankAt10, ndcgAt10 and
   * meanAveragePrecisionAt100.
   */
  readonly metrics: readonly RetrievalMetric[];
}

/** What {@link evaluateRetrieval} says. */
export interface RetrievalJudgement extends Judgement<RetrievalMetric> {
  /** Queries that were judged, and those left out as nothing is relevant to them. */
  readonly queries: number;
  readonly leftOut: number;
  /** Relevant documents of the judged queries that are not among the documents; they count all the same. */
  readonly missing: number;
}

const usualMetrics: readonly RetrievalMetric[] = [
  ...(["hitRateAt", "precisionAt", "recallAt"] as const).flatMap((kind) =>
    [1, 3, 5, 10].map((k) => `${kind}${k}` as const),
  ),
  "meanReciprocalRankAt10",
  "ndcgAt10",
  "meanAveragePrecisionAt100",
];

/**
 * How well queries find the documents that are relevant to them, with rel(i) = 1 where the i-th most alike document is relevant, and
 * R relevant ones, as means over queries:
 *
 * - `hitRateAtK`: 1 when any of rel(1) .. rel(K) is 1 (accuracy@k of sentence-transformers)
 * - `precisionAtK`: (rel(1) + ... + rel(K)) / K, also where there are fewer documents; `recallAtK`: the same sum / R
 * - `meanReciprocalRankAtK`: 1 / (rank of the first hit), 0 beyond rank K
 * - `ndcgAtK`: sum of gain(i) / log2(i + 1) over i <= K, divided by its largest value; gains are 1, or the grades given
 * - `meanAveragePrecisionAtK`: sum over hits i <= K of (precision at i) / min(K, R)
 *
 * Documents that are equally alike stand in the order of their ids as texts (of their rows, without ids). A query to which nothing
 * is relevant is left out. Every pair is looked at, a tile at a time; the memory is O(queries K). NaN when no query is judged.
 *
 *     evaluateRetrieval({ queries, documents, relevant: { 0: [12, 7], 1: [3] } }).metrics.ndcgAt10;
 *
 * The primary metric is nDCG at the largest K, or the first metric where there is none. {@link AccuracyCalculator} does the same for
 * embeddings with labels.
 *
 * @throws TypeError when an input is no matrix, an id none, or an option unknown; RangeError for an id that stands twice, a
 *   grade below 0, an unknown metric, or when ids, rows or widths differ
 */
export function evaluateRetrieval(
  input: RetrievalInput,
  options?: Partial<EvaluateRetrievalOptions>,
): RetrievalJudgement {
  const chosen = evaluatorOptions(options, { ...evaluatorDefaults, metrics: usualMetrics }, "evaluateRetrieval");
  const metrics = checkedMetrics(chosen.metrics);
  const { queryIds = null, documentIds = null } = input;
  const { queries, documents } = evaluatedMatrices({ queries: input.queries, documents: input.documents }, chosen);
  if (queryIds !== null) checkOneARow(queryIds, "queryIds", queries.rows);
  if (documentIds !== null) checkOneARow(documentIds, "documentIds", documents.rows);
  const rowOfQuery = rowsOfIds(queryIds, queries.rows, "queryIds");
  const rowOfDocument = rowsOfIds(documentIds, documents.rows, "documentIds");
  const relevant = relevantByQuery(input.relevant, rowOfDocument);
  const judged = [...rowOfQuery].filter(([id]) => (relevant.get(id)?.ideal.length ?? 0) > 0);
  const relevantOf = judged.map(([id]) => relevant.get(id)!);
  const depth = Math.min(documents.rows, Math.max(...metrics.map((name) => parseAtK(name)!.k)));
  const order = documentIds === null ? null : orderOfIds(rowOfDocument);
  const asked = metrics.map((name) => ({ name, metric: queryMetric(name), all: new Float64Array(judged.length) }));
  const own = takeRows(queries, judged.map(([, row]) => row)); // prettier-ignore
  const found = mostAlike(own, order === null ? documents : takeRows(documents, order), depth, chosen.similarity);
  relevantOf.forEach((one, i) => {
    const places = found.subarray(i * depth, (i + 1) * depth);
    const hits = hitsAmong(order === null ? places : places.map((place) => order[place]), one);
    for (const { metric, all } of asked) all[i] = metric(hits);
  });
  const values = Object.fromEntries(asked.map(({ name, all }) => [name, all])) as Record<RetrievalMetric, Float64Array>;
  return {
    ...judgeMeans(values, primaryOf(metrics), chosen),
    queries: judged.length,
    leftOut: queries.rows - judged.length,
    missing: relevantOf.reduce((sum, { missing }) => sum + missing, 0),
  };
}

function checkedMetrics(names: readonly RetrievalMetric[]): readonly RetrievalMetric[] {
  if (!Array.isArray(names) || names.length === 0)
    throw new TypeError(`metrics is ${describe(names)}; give an array of metrics, such as ["ndcgAt10"]`);
  const metrics = chooseMetrics(names, []);
  const other = metrics.find((name) => parseAtK(name) === undefined);
  if (other !== undefined)
    throw new RangeError(
      `metrics holds ${JSON.stringify(other)}; give metrics at a number of documents, such as ndcgAt10`,
    );
  return metrics as RetrievalMetric[];
}

function primaryOf(metrics: readonly RetrievalMetric[]): RetrievalMetric {
  const gains = metrics.filter((name) => parseAtK(name)!.kind === "ndcgAt");
  const deepest = Math.max(...gains.map((name) => parseAtK(name)!.k));
  return gains.find((name) => parseAtK(name)!.k === deepest) ?? metrics[0];
}

/** The rows of documents by their ids as texts. */
function orderOfIds(rowOf: ReadonlyMap<string, number>): Int32Array {
  const sorted = [...rowOf].sort(([a], [b]) => (a < b ? -1 : 1));
  return Int32Array.from(sorted, ([, row]) => row);
}

/** The `depth` documents that are most alike to each query, equal ones by the lower place. */
function mostAlike(queries: Matrix, documents: Matrix, depth: number, similarity: Similarity): Int32Array {
  if (depth === 0) return new Int32Array(0);
  return nearestNeighbours(queries, documents, depth, { distance: distanceOf(similarity) }).indices;
}

/** Where the relevant documents stand among those found. */
function hitsAmong(found: Int32Array, { gains, ideal, isPlain }: Relevant): Hits {
  const hits = emptyHits(Math.min(found.length, gains.size), found.length);
  hits.relevant = ideal.length;
  if (!isPlain) hits.idealGains = ideal;
  found.forEach((row, place) => {
    const gain = gains.get(row);
    if (gain === undefined) return;
    hits.ranks[hits.count] = place + 1;
    hits.gains[hits.count++] = gain;
  });
  return hits;
}
