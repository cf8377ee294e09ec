import { checkNumber } from "../../matrix/checks.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { pairSimilarities } from "../similarity/pairSimilarities.ts";
import { pearson, Ranks } from "./correlation.ts";
import {
  checkOneARow,
  checkSameRows,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  judge,
  type Judgement,
} from "./judgement.ts";

/** Pairs whose similarity is known. */
export interface ScoredPairs {
  /** n x d; row i of it and row i of `reference` make pair i. */
  readonly query: MatrixLike;
  readonly reference: MatrixLike;
  /** How alike the two of a pair are, on any scale. */
  readonly scores: ArrayLike<number>;
}

/**
 * How well the similarity of embeddings follows scores that people gave: their correlation, by ranks (`spearman`, equal values having
 * their mean rank) and by values (`pearson`). NaN where the scores or the similarities do not vary.
 *
 * @throws TypeError when an input is no matrix or a score no number; RangeError with fewer than two pairs, or when rows, scores or
 *   widths differ
 */
export function evaluateSimilarity(
  { query, reference, scores }: ScoredPairs,
  options?: Partial<EvaluatorOptions>,
): Judgement<"pearson" | "spearman"> {
  const chosen = evaluatorOptions(options, evaluatorDefaults, "evaluateSimilarity");
  const rows = evaluatedMatrices({ query, reference }, chosen);
  checkSameRows(rows, "row i of both makes pair i");
  checkOneARow(scores, "scores", rows.query.rows);
  const wanted = Float64Array.from(scores, (score, i) => checkNumber(score, `scores[${i}]`));
  if (wanted.length < 2) throw new RangeError(`there are ${wanted.length} pairs; a correlation needs two or more`);
  const found = pairSimilarities(chosen.similarity, rows.query, rows.reference);
  const [foundRanks, wantedRanks] = [new Ranks(found), new Ranks(wanted)];
  const correlations = (weights: Float64Array): { pearson: number; spearman: number } => ({
    pearson: pearson(found, wanted, weights),
    spearman: pearson(foundRanks.weighted(weights), wantedRanks.weighted(weights), weights),
  });
  return judge(wanted.length, correlations, "spearman", chosen);
}
