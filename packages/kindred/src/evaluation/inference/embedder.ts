import { type Matrix, type MatrixLike, rowView, toMatrix, zeros } from "../../matrix/matrix.ts";

/** What turns inputs into embeddings: any model has this method. */
export interface Embedder {
  /** The embeddings of the inputs, one row each. */
  embed(inputs: Matrix): MatrixLike;
}

/** Embeds inputs a batch at a time; without an embedder the inputs are the embeddings. */
export function embedAll(embedder: Embedder | undefined, inputs: Matrix, batchSize: number): Matrix {
  if (embedder === undefined) return inputs;
  let out: Matrix | undefined;
  for (let start = 0; start < inputs.rows; start += batchSize) {
    const rows = Math.min(batchSize, inputs.rows - start);
    const data = inputs.data.subarray(start * inputs.cols, (start + rows) * inputs.cols);
    const embedded = toMatrix(embedder.embed({ data, rows, cols: inputs.cols }), "what embed gave");
    if (embedded.rows !== rows)
      throw new RangeError(`embed gave ${embedded.rows} rows for ${rows} inputs; it must give one embedding each`);
    out ??= zeros(inputs.rows, embedded.cols);
    out.data.set(embedded.data, start * embedded.cols);
  }
  return out ?? zeros(0, 0);
}

/** Rows divided by their length; a row of length below 1e-12 by that. */
export function toUnitRows(matrix: Matrix): Matrix {
  const out = zeros(matrix.rows, matrix.cols);
  for (let i = 0; i < matrix.rows; i++) {
    const norm = Math.max(Math.sqrt(rowView(matrix, i).reduce((sum, x) => sum + x * x, 0)), 1e-12);
    const from = i * matrix.cols;
    for (let j = 0; j < matrix.cols; j++) out.data[from + j] = matrix.data[from + j] / norm;
  }
  return out;
}
