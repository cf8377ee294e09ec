import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { AccuracyCalculator } from "../../evaluation/accuracy/accuracyCalculator.ts";
import { bootstrapDefaults, bootstrapIntervals, type Interval, mean } from "../../evaluation/accuracy/averages.ts";
import { orderByClass } from "../../matrix/classOrder.ts";
import { encodeLabels, type Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** What is searched for, and among what. */
interface SearchTask {
  readonly query: Matrix;
  readonly queryLabels: readonly Label[];
  /** null: the queries, none of which is its own neighbour. */
  readonly reference: Matrix | null;
  readonly referenceLabels: readonly Label[] | null;
}

/** How well a search went, query by query. */
export interface QueryScores {
  /** The rows of the queries that have a reference of their class. */
  readonly rows: Int32Array;
  readonly precisionAt1: Float64Array;
  readonly averagePrecisionAtR: Float64Array;
  /** 1 / (rank of the first reference of the query's class), 0 where none is among the four nearest. */
  readonly reciprocalRank: Float64Array;
}

/** A figure and where it lies. */
export interface Estimate extends Interval {
  readonly value: number;
}

/** Looks for each query's neighbours by cosine. */
export function goodnessOf({ query, queryLabels, reference, referenceLabels }: SearchTask): QueryScores {
  const calculator = new AccuracyCalculator<Label, ScoreMetric>({
    include: scoreMetrics,
    distance: new CosineSimilarity(),
    returnPerQuery: true,
  });
  const others = reference === null ? {} : { reference, referenceLabels: referenceLabels ?? [] };
  return queryScores(calculator.getAccuracy({ query, queryLabels, ...others }).perQuery!);
}

/** The metrics that heads are chosen by, as {@link AccuracyCalculator} knows them. */
export const scoreMetrics = [
  "meanAveragePrecisionAtR",
  "precisionAt1",
  "hitRateAt2",
  "hitRateAt3",
  "hitRateAt4",
] as const;
type ScoreMetric = (typeof scoreMetrics)[number];

/** The scores in what an {@link AccuracyCalculator} that was asked for {@link scoreMetrics} says of each query. */
export function queryScores({
  rows,
  metrics,
}: {
  readonly rows: Int32Array;
  readonly metrics: Readonly<Record<ScoreMetric, Float64Array>>;
}): QueryScores {
  const { precisionAt1, hitRateAt2, hitRateAt3, hitRateAt4, meanAveragePrecisionAtR } = metrics;
  // a first hit at rank r is counted in the hit rates from r to 4: 1/r = (1/r - 1/(r+1)) + ... + (1/3 - 1/4) + 1/4
  const reciprocalRank = precisionAt1.map(
    (hit, k) => hit / 2 + hitRateAt2[k] / 6 + hitRateAt3[k] / 12 + hitRateAt4[k] / 4,
  );
  return { rows, precisionAt1, averagePrecisionAtR: meanAveragePrecisionAtR, reciprocalRank };
}

/**
 * One figure to choose by: the mean of the reciprocal rank and MAP@R. Precision@1 alone forgets all neighbours but one and jumps from
 * query to query; MAP@R alone is raised at its cost by embeddings that draw classes together.
 */
export function scoreOf(goodness: QueryScores): number {
  return mean(scoresOf(goodness));
}

function scoresOf({ reciprocalRank, averagePrecisionAtR }: QueryScores): Float64Array {
  return reciprocalRank.map((rank, k) => (rank + averagePrecisionAtR[k]) / 2);
}

/** What is gained from one embedding of the same queries to another. */
export interface Gain {
  readonly score: Estimate;
  readonly precisionAt1: Estimate;
  readonly meanAveragePrecisionAtR: Estimate;
}

/**
 * The paired gain with its 95 % intervals over the choice of classes: what is drawn anew are classes with all of their
 * queries, since queries of one class are right or wrong together.
 */
export function gainOf(before: QueryScores, after: QueryScores, labels: readonly Label[], seed: number): Gain {
  const groups = queriesOfClasses(before.rows, labels);
  const difference = (of: (goodness: QueryScores) => Float64Array): Float64Array =>
    of(after).map((value, k) => value - of(before)[k]);
  const precision = difference((each) => each.precisionAt1);
  const average = difference((each) => each.averagePrecisionAtR);
  const both = difference(scoresOf);
  const all = [both, precision, average];
  const sums = all.map((values) => groups.map((rows) => rows.reduce((sum, k) => sum + values[k], 0)));
  const statistics = (drawn: Int32Array): number[] => {
    let queries = 0;
    const totals = all.map(() => 0);
    for (const g of drawn) {
      queries += groups[g].length;
      for (let m = 0; m < totals.length; m++) totals[m] += sums[m][g];
    }
    return totals.map((total) => total / queries);
  };
  const intervals = bootstrapIntervals(groups.length, all.length, statistics, bootstrapDefaults, seed);
  const [score, precisionAt1, meanAveragePrecisionAtR] = all.map((values, m) => ({
    value: mean(values),
    ...intervals[m],
  }));
  return { score, precisionAt1, meanAveragePrecisionAtR };
}

/**
 * Whether two embeddings of the same queries are as good as each other, as far as one can tell: their scores differ by less than the standard
 * error of their difference, where classes are what is drawn.
 */
export function areAlike(one: QueryScores, other: QueryScores, labels: readonly Label[]): boolean {
  const [a, b] = [scoresOf(one), scoresOf(other)];
  const difference = mean(a.map((score, k) => score - b[k]));
  let squares = 0;
  for (const rows of queriesOfClasses(one.rows, labels))
    squares += rows.reduce((sum, k) => sum + a[k] - b[k] - difference, 0) ** 2;
  return Math.abs(difference) * a.length <= Math.sqrt(squares);
}

/** The places of each class's queries. */
function queriesOfClasses(rows: Int32Array, labels: readonly Label[]): Int32Array[] {
  const { codes, classes } = encodeLabels(
    Array.from(rows, (row) => labels[row]),
    "labels",
  );
  const { order, starts } = orderByClass(codes, classes.length);
  return classes.map((_, c) => order.subarray(starts[c], starts[c + 1]));
}
