import type { AnyColumns } from "../../batch/takes.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Evaluation, Gradients } from "../core/loss.ts";

type MatrixMap = (matrix: Matrix) => Matrix;

/** What `evaluate` was given, with the embeddings among it changed: reference and negatives, and what a teacher makes of them. */
export function mapColumns(columns: AnyColumns, map: MatrixMap, mapTaught: MatrixMap): AnyColumns {
  const { reference, negatives, teacher } = columns;
  return {
    ...columns,
    ...(reference !== undefined && { reference: map(toMatrix(reference, "reference")) }),
    ...(Array.isArray(negatives) && { negatives: mapEach(negatives, "negatives", map) }),
    ...(Array.isArray(teacher) && { teacher: mapEach(teacher, "teacher", mapTaught) }),
  };
}

/** An evaluation with the slopes of all columns changed. @param pull is told which column it is: 0, 1 the reference, 2 and so on */
export function pullColumns(evaluation: Evaluation, pull: (slopes: Matrix, column: number) => Matrix): Evaluation {
  const { embeddings, reference, negatives, parameters } = evaluation.gradients;
  const gradients: Gradients = {
    embeddings: pull(embeddings, 0),
    ...(reference && { reference: pull(reference, 1) }),
    ...(negatives && { negatives: negatives.map((slopes, k) => pull(slopes, 2 + k)) }),
    parameters,
  };
  return { ...evaluation, gradients };
}

function mapEach(given: readonly MatrixLike[], name: string, map: MatrixMap): readonly Matrix[] {
  return given.map((matrix, k) => map(toMatrix(matrix, `${name}[${k}]`)));
}
