import type { Label, Labels } from "../matrix/labels.ts";
import { isMatrix, type MatrixLike } from "../matrix/matrix.ts";
import type { EvaluateOptions } from "../losses/core/loss.ts";

/** Labels of a batch and what else `evaluate` is given. */
export interface RowLabels<T extends EvaluateOptions> {
  readonly labels: Labels | null;
  readonly options: T | undefined;
}

/**
 * Labels for a reference whose row i belongs with row i of the embeddings: without labels every row is a class of its own,
 * which the embedding and the reference of that row share; with labels those of the embeddings are the reference's too,
 * where it is as long and has none.
 *
 * @throws TypeError for referenceLabels without labels; RangeError for an unlabelled reference shorter than the embeddings
 */
export function rowLabels<T extends EvaluateOptions>(
  embeddings: MatrixLike,
  labels: Labels | null,
  options: T | undefined,
): RowLabels<T> {
  const reference = options?.reference;
  if (options === undefined || reference === undefined || options.tuples !== undefined) return { labels, options };
  const [n, m] = [rowsOf(embeddings), rowsOf(reference)];
  const { referenceLabels } = options;
  if (labels === null) {
    if (referenceLabels !== undefined)
      throw new TypeError("referenceLabels were given without labels; give both, or neither");
    if (m < n)
      throw new RangeError(
        `reference has ${m} rows, embeddings has ${n}; row i of the reference is the positive of row i`,
      );
    return { labels: count(n), options: { ...options, referenceLabels: count(m) } };
  }
  const areShared = referenceLabels === undefined && m === n;
  return { labels, options: areShared ? { ...options, referenceLabels: labels } : options };
}

function rowsOf(matrix: MatrixLike): number {
  return isMatrix(matrix) ? matrix.rows : matrix.length;
}

function count(rows: number): Label[] {
  return Array.from({ length: rows }, (_, i) => i);
}
