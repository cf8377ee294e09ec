import { checkNames, checkNumber } from "../../matrix/checks.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { pairSimilarities } from "../similarity/pairSimilarities.ts";
import { similarities, type Similarity } from "../similarity/similarity.ts";
import {
  checkSameRows,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  type Judgement,
  judgeMeans,
} from "./judgement.ts";

/** Row i of each is triplet i; all n x d. */
export interface TripletsToEvaluate {
  readonly anchors: MatrixLike;
  readonly positives: MatrixLike;
  readonly negatives: MatrixLike;
}

/** Options of {@link evaluateTriplets}. */
export interface EvaluateTripletsOptions extends EvaluatorOptions {
  /** By how much the positive has to be more alike; a number, or one for each similarity (0 where there is none). Default 0. */
  readonly margin: number | Readonly<Partial<Record<Similarity, number>>>;
}

/**
 * The share of triplets whose anchor is more alike to its positive than to its negative: s_ap > s_an + margin. As alike is a miss.
 *
 * @returns `accuracy`; NaN without a triplet
 * @throws TypeError when an input is no matrix or an option unknown; RangeError when rows or widths differ
 */
export function evaluateTriplets(
  triplets: TripletsToEvaluate,
  options?: Partial<EvaluateTripletsOptions>,
): Judgement<"accuracy"> {
  const chosen = evaluatorOptions(options, { ...evaluatorDefaults, margin: 0 }, "evaluateTriplets");
  const margin = marginOf(chosen);
  const { anchors, positives, negatives } = triplets;
  const rows = evaluatedMatrices({ anchors, positives, negatives }, chosen);
  checkSameRows(rows, "row i of each makes triplet i");
  const near = pairSimilarities(chosen.similarity, rows.anchors, rows.positives);
  const far = pairSimilarities(chosen.similarity, rows.anchors, rows.negatives);
  const accuracy = near.map((score, i) => (score > far[i] + margin ? 1 : 0));
  return judgeMeans({ accuracy }, "accuracy", chosen);
}

function marginOf({ margin, similarity }: EvaluateTripletsOptions): number {
  if (typeof margin !== "object" || margin === null) return checkNumber(margin, "margin");
  checkNames(margin, similarities, "margin");
  for (const [name, value] of Object.entries(margin)) checkNumber(value, `margin.${name}`);
  return margin[similarity] ?? 0;
}
