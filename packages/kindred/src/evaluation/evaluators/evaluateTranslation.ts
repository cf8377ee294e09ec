import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import { nearestNeighbours } from "../neighbours/nearestNeighbours.ts";
import { distanceOf, type Similarity } from "../similarity/similarity.ts";
import {
  checkSameRows,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  type Judgement,
  judgeMeans,
} from "./judgement.ts";

/** The metrics of {@link evaluateTranslation}. */
export type TranslationMetric = "sourceToTargetAccuracy" | "targetToSourceAccuracy" | "meanAccuracy";

/**
 * How often a row finds its translation: the share of the rows of `source` whose most alike row of `target` is the one of the same
 * place, the same the other way, and the mean of both. Of rows that are equally alike the first one is taken to be found. NaN without a
 * row. Every pair is looked at, a tile at a time.
 *
 * @throws TypeError when an input is no matrix; RangeError when rows or widths differ
 */
export function evaluateTranslation(
  { source, target }: { readonly source: MatrixLike; readonly target: MatrixLike },
  options?: Partial<EvaluatorOptions>,
): Judgement<TranslationMetric> {
  const chosen = evaluatorOptions(options, evaluatorDefaults, "evaluateTranslation");
  const rows = evaluatedMatrices({ source, target }, chosen);
  checkSameRows(rows, "row i of both is the same sentence");
  const sourceToTargetAccuracy = ownFound(rows.source, rows.target, chosen.similarity);
  const targetToSourceAccuracy = ownFound(rows.target, rows.source, chosen.similarity);
  const meanAccuracy = sourceToTargetAccuracy.map((found, i) => (found + targetToSourceAccuracy[i]) / 2);
  return judgeMeans({ sourceToTargetAccuracy, targetToSourceAccuracy, meanAccuracy }, "meanAccuracy", chosen);
}

/** 1 for each row of `from` that finds its own place in `into`, else 0. */
function ownFound(from: Matrix, into: Matrix, similarity: Similarity): Float64Array {
  if (from.rows === 0) return new Float64Array(0);
  const { indices } = nearestNeighbours(from, into, 1, { distance: distanceOf(similarity) });
  return Float64Array.from(indices, (found, i) => (found === i ? 1 : 0));
}
