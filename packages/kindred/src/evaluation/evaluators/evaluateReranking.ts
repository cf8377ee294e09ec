import { checkList, checkNumber, describe } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, rowView, takeRows } from "../../matrix/matrix.ts";
import { pairSimilarities } from "../similarity/pairSimilarities.ts";
import type { Similarity } from "../similarity/similarity.ts";
import {
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  type Judgement,
  judgeMeans,
} from "./judgement.ts";
import { averagePrecision, cutsOf, type Steps, stepsOf } from "./thresholdSweep.ts";

/** A query with the documents that are to be ranked for it, as rows of the matrices. */
export interface RerankingSample {
  readonly query: number;
  readonly positive: ArrayLike<number>;
  readonly negative: ArrayLike<number>;
}

/** What {@link evaluateReranking} ranks. */
export interface RerankingInput {
  /** n x d. */
  readonly queries: MatrixLike;
  /** m x d: the documents of all samples. */
  readonly documents: MatrixLike;
  readonly samples: readonly RerankingSample[];
}

/** Options of {@link evaluateReranking}. */
export interface EvaluateRerankingOptions extends EvaluatorOptions {
  /** How many documents MRR and nDCG look at, >= 1. Default 10. */
  readonly atK: number;
}

/** The metrics of {@link evaluateReranking}. */
export type RerankingMetric = "meanAveragePrecision" | `meanReciprocalRankAt${number}` | `ndcgAt${number}`;

/** What {@link evaluateReranking} says. */
export interface RerankingJudgement extends Judgement<RerankingMetric> {
  /** Samples that were judged, and those left out as they have no positive or no negative. */
  readonly samples: number;
  readonly leftOut: number;
}

/**
 * How well the positives of a query are ranked before its own negatives, as means over the samples that have both.
 *
 * - `meanAveragePrecision`: sum over different scores of (recall gained) x (precision there)
 * - `meanReciprocalRankAtK`: 1 / (rank of the first positive), 0 beyond rank K; documents that are as alike count as before it
 * - `ndcgAtK`: sum over ranks up to K of gain / log2(rank + 1), divided by its largest value; documents that are equally alike share
 *   their gains evenly
 *
 * NaN when no sample has both.
 *
 * @throws TypeError when an input is no matrix; RangeError when a sample names a row that is not there, or widths differ
 */
export function evaluateReranking(
  { queries, documents, samples }: RerankingInput,
  options?: Partial<EvaluateRerankingOptions>,
): RerankingJudgement {
  const chosen = evaluatorOptions(options, { ...evaluatorDefaults, atK: 10 }, "evaluateReranking");
  const atK = checkNumber(chosen.atK, "atK", { atLeast: 1, integer: true });
  const rows = evaluatedMatrices({ queries, documents }, chosen);
  checkSamples(samples, rows.queries.rows, rows.documents.rows);
  const judged = samples.filter(({ positive, negative }) => positive.length > 0 && negative.length > 0);
  const ranked = judged.map((sample) => ranking(sample, rows.queries, rows.documents, chosen.similarity));
  const meanReciprocalRank = `meanReciprocalRankAt${atK}` as const;
  const ndcg = `ndcgAt${atK}` as const;
  const values: Record<string, Float64Array> = {
    meanAveragePrecision: Float64Array.from(ranked, ({ steps, isPositive, positives }) =>
      averagePrecision([...cutsOf(steps, isPositive, ones(isPositive.length))], positives),
    ),
    [meanReciprocalRank]: Float64Array.from(ranked, (one) => reciprocalRank(one, atK)),
    [ndcg]: Float64Array.from(ranked, (one) => normalizedGain(one, atK)),
  };
  return {
    ...judgeMeans<RerankingMetric>(values as Record<RerankingMetric, Float64Array>, ndcg, chosen),
    samples: judged.length,
    leftOut: samples.length - judged.length,
  };
}

/** The documents of a sample by falling similarity, equal ones in one step. */
interface Ranking {
  readonly steps: Steps;
  readonly isPositive: Uint8Array;
  readonly positives: number;
}

function ranking(
  { query, positive, negative }: RerankingSample,
  queries: Matrix,
  documents: Matrix,
  similarity: Similarity,
): Ranking {
  const listed = [...Array.from(positive), ...Array.from(negative)];
  const own = { data: rowView(queries, query), rows: 1, cols: queries.cols };
  const scores = pairSimilarities(similarity, takeRows(documents, listed), own, new Uint8Array(listed.length));
  const isPositive = Uint8Array.from(listed, (_, k) => (k < positive.length ? 1 : 0));
  return { steps: stepsOf(scores), isPositive, positives: positive.length };
}

function ones(count: number): Uint8Array {
  return new Uint8Array(count).fill(1);
}

function reciprocalRank({ steps: { order, ends }, isPositive }: Ranking, atK: number): number {
  const first = order.findIndex((place) => isPositive[place] === 1);
  const end = ends.find((last) => last > first)!;
  const start = ends.findLast((last) => last <= first) ?? 0;
  let negatives = 0;
  for (let k = start; k < end; k++) if (isPositive[order[k]] === 0) negatives++;
  const rank = start + negatives + 1;
  return rank <= atK ? 1 / rank : 0;
}

function normalizedGain({ steps: { order, ends }, isPositive, positives }: Ranking, atK: number): number {
  let gained = 0;
  let start = 0;
  for (const end of ends) {
    const found = order.subarray(start, end).reduce((sum, place) => sum + isPositive[place], 0);
    gained += (found / (end - start)) * discounts(start, Math.min(end, atK));
    start = end;
  }
  return gained / discounts(0, Math.min(positives, atK));
}

/** The sum of 1 / log2(rank + 1) over the places `start` .. `end - 1`, whose ranks are one more. */
function discounts(start: number, end: number): number {
  let sum = 0;
  for (let place = start; place < end; place++) sum += 1 / Math.log2(place + 2);
  return sum;
}

function checkSamples(samples: readonly RerankingSample[], queries: number, documents: number): void {
  checkList(samples, "samples", "one sample a query");
  samples.forEach(({ query, positive, negative }, s) => {
    checkRow(query, queries, `samples[${s}].query`);
    for (const [name, list] of Object.entries({ positive, negative })) {
      checkList(list, `samples[${s}].${name}`, "rows of documents");
      Array.from(list, (row, k) => checkRow(row, documents, `samples[${s}].${name}[${k}]`));
    }
  });
}

function checkRow(row: unknown, rows: number, name: string): void {
  if (Number.isInteger(row) && (row as number) >= 0 && (row as number) < rows) return;
  throw new RangeError(`${name} is ${describe(row)}; give a row number from 0 to ${rows - 1}`);
}
