import { checkNumber } from "../matrix/checks.ts";
import { type MatrixLike, type Matrix, toMatrix, zeros } from "../matrix/matrix.ts";
import type { Model } from "./model.ts";

/**
 * The embeddings of many inputs, a batch at a time, so that what the model holds on the way does not grow with them.
 *
 * @param model only its `embed` is called, not in training mode
 * @param inputs N x p
 * @param batchSize rows at a time, >= 1; default 1024
 * @returns N x d; 0 x 0 without inputs
 */
export function embedInBatches(model: Pick<Model, "embed">, inputs: MatrixLike, batchSize = 1024): Matrix {
  const { data, rows, cols } = toMatrix(inputs, "inputs");
  checkNumber(batchSize, "batchSize", { atLeast: 1, integer: true });
  let out = zeros(0, 0);
  for (let start = 0; start < rows; start += batchSize) {
    const end = Math.min(start + batchSize, rows);
    const batch = model.embed({ data: data.subarray(start * cols, end * cols), rows: end - start, cols });
    if (start === 0) out = zeros(rows, batch.cols);
    out.data.set(batch.data, start * out.cols);
  }
  return out;
}
