import type { Hits } from "./hits.ts";
import { type MetricName, parseAtK } from "./metricNames.ts";

/** The value of a metric for one query that has at least one relevant reference. */
type QueryMetric = (hits: Hits) => number;

/**
 * The metric of that name for one query, with R relevant references and rel(i) = 1 when its i-th nearest is relevant:
 *
 * - precisionAtK: (rel(1) + ... + rel(K)) / K
 * - recallAtK: (rel(1) + ... + rel(K)) / R
 * - hitRateAtK: 1 when any of rel(1) .. rel(K) is 1
 * - rPrecision: (rel(1) + ... + rel(R)) / min(R, k)
 * - meanAveragePrecision: sum over hits i <= k of (precision at i) / R; meanAveragePrecisionAtR: over hits i <= R
 * - meanReciprocalRank: 1 / (rank of the first hit), 0 without a hit among the k looked at
 * - meanReciprocalRankAtK: the same, 0 when the first hit is beyond rank K; meanAveragePrecisionAtK: sum over hits i <= K of
 *   (precision at i) / min(K, R)
 * - ndcgAtK: sum of gain(i) / log2(i + 1) over i <= K, divided by the largest such sum that any order could have
 *
 * Source: Musgrave, Belongie, Lim, "A Metric Learning Reality Check" (2020), for R-precision and MAP@R; Jarvelin and
 * Kekalainen, "Cumulated gain-based evaluation of IR techniques" (2002).
 */
export function queryMetric(name: MetricName): QueryMetric {
  const atK = parseAtK(name);
  if (atK !== undefined) {
    const { kind, k } = atK;
    if (kind === "precisionAt") return (hits) => hitsWithin(hits, k) / k;
    if (kind === "recallAt") return (hits) => hitsWithin(hits, k) / hits.relevant;
    if (kind === "hitRateAt") return (hits) => Math.min(hitsWithin(hits, k), 1);
    if (kind === "meanReciprocalRankAt") return (hits) => (hitsWithin(hits, k) === 0 ? 0 : 1 / hits.ranks[0]);
    if (kind === "meanAveragePrecisionAt") return (hits) => precisionAtHits(hits, k) / Math.min(k, hits.relevant);
    return (hits) => ndcg(hits, k);
  }
  if (name === "rPrecision") return (hits) => hitsWithin(hits, hits.relevant) / Math.min(hits.relevant, hits.k);
  if (name === "meanAveragePrecision") return (hits) => averagePrecision(hits, hits.k);
  if (name === "meanAveragePrecisionAtR") return (hits) => averagePrecision(hits, hits.relevant);
  if (name === "meanReciprocalRank") return (hits) => (hits.count === 0 ? 0 : 1 / hits.ranks[0]);
  return (hits) => ndcg(hits, hits.k);
}

/**
 * How many neighbours the metric needs for its exact value.
 *
 * @param largestR the most relevant references that any query has
 * @param references how many neighbours a query can have
 */
export function neededDepth(name: MetricName, largestR: number, references: number): number {
  const atK = parseAtK(name);
  if (atK !== undefined) return atK.k;
  if (name === "rPrecision" || name === "meanAveragePrecisionAtR") return largestR;
  return references;
}

function hitsWithin({ ranks, count }: Hits, depth: number): number {
  let within = 0;
  while (within < count && ranks[within] <= depth) within++;
  return within;
}

function averagePrecision(hits: Hits, depth: number): number {
  return precisionAtHits(hits, depth) / hits.relevant;
}

/** The sum over the hits within a depth of the precision at each. */
function precisionAtHits(hits: Hits, depth: number): number {
  const within = hitsWithin(hits, depth);
  let sum = 0;
  for (let h = 0; h < within; h++) sum += (h + 1) / hits.ranks[h];
  return sum;
}

function ndcg(hits: Hits, depth: number): number {
  const within = hitsWithin(hits, depth);
  let gained = 0;
  for (let h = 0; h < within; h++) gained += hits.gains[h] / Math.log2(hits.ranks[h] + 1);
  let ideal = 0;
  const best = Math.min(hits.relevant, depth);
  for (let r = 0; r < best; r++) ideal += (hits.idealGains?.[r] ?? 1) / Math.log2(r + 2);
  return gained / ideal;
}
