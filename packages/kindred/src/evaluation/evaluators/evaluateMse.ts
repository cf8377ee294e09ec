import type { MatrixLike } from "../../matrix/matrix.ts";
import {
  checkSameRows,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  type Judgement,
  judgeMeans,
} from "./judgement.ts";

/** Options of {@link evaluateMse}. */
export type EvaluateMseOptions = Omit<EvaluatorOptions, "similarity">;

/**
 * How near a student's embeddings come to a teacher's: `negativeMse` = -100 x the mean of all squared differences. NaN without a row.
 *
 * @throws TypeError when an input is no matrix; RangeError when rows or widths differ
 */
export function evaluateMse(
  { teacher, student }: { readonly teacher: MatrixLike; readonly student: MatrixLike },
  options?: Partial<EvaluateMseOptions>,
): Judgement<"negativeMse"> {
  const { similarity: _, ...defaults } = evaluatorDefaults;
  const chosen = evaluatorOptions<EvaluateMseOptions>(options, defaults, "evaluateMse");
  const rows = evaluatedMatrices({ teacher, student }, chosen);
  checkSameRows(rows, "row i of both is the same input");
  const { data, cols } = rows.teacher;
  const negativeMse = new Float64Array(rows.teacher.rows);
  for (let k = 0; k < data.length; k++)
    negativeMse[Math.floor(k / cols)] -= (100 * (data[k] - rows.student.data[k]) ** 2) / cols;
  return judgeMeans({ negativeMse }, "negativeMse", chosen);
}
