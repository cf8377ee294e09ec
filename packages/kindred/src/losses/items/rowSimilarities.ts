import type { Batch } from "../../batch/batch.ts";
import { divisorOf, norm, pullThroughNormalization } from "../../distances/forms/normalization.ts";
import { withinFloat } from "../../matrix/float.ts";
import { rowView, zeros, type Matrix } from "../../matrix/matrix.ts";
import type { PairSimilarity } from "./pairSimilarity.ts";

/** The slopes by the columns of a batch. */
interface ColumnSlopes {
  readonly embeddings: Matrix;
  readonly reference: Matrix;
  /** Where there are columns of negatives. */
  readonly negatives?: readonly Matrix[];
}

/**
 * Compares row i of the embeddings with row i of the reference and of each column of negatives, for every i, in float64.
 * Time n K d for K candidates a row; no memory but one number a pair.
 */
export class RowSimilarities {
  /** Candidates of a row: the reference's, and those of the columns of negatives. */
  readonly candidates: number;
  readonly #anchors: Matrix;
  readonly #others: readonly Matrix[];
  readonly #similarity: PairSimilarity;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #xSlope: Float64Array;
  readonly #ySlope: Float64Array;

  /** @param batch with a reference as long as the embeddings */
  constructor(
    { embeddings, reference, negatives }: Pick<Batch, "embeddings" | "reference" | "negatives">,
    similarity: PairSimilarity,
  ) {
    this.#anchors = embeddings;
    this.#others = [reference!, ...negatives];
    this.candidates = this.#others.length;
    this.#similarity = similarity;
    const row = (): Float64Array => new Float64Array(embeddings.cols);
    [this.#x, this.#y, this.#xSlope, this.#ySlope] = [row(), row(), row(), row()];
  }

  /** The similarities: candidate k of row i stands at i candidates + k. */
  values(): Float64Array {
    const values = new Float64Array(this.#anchors.rows * this.candidates);
    for (let i = 0, at = 0; i < this.#anchors.rows; i++) {
      this.#ready(this.#anchors, i, this.#x);
      for (const other of this.#others) {
        this.#ready(other, i, this.#y);
        values[at++] = this.#compare();
      }
    }
    return values;
  }

  /** The slopes of sum_k slopes_k value_k by all columns. */
  pull(slopes: Float64Array): ColumnSlopes {
    const { rows, cols } = this.#anchors;
    const embeddings = zeros(rows, cols);
    const [reference, ...negatives] = this.#others.map(() => zeros(rows, cols));
    const outs = [reference, ...negatives];
    const total = new Float64Array(cols);
    for (let i = 0, at = 0; i < rows; i++) {
      const anchorNorm = this.#ready(this.#anchors, i, this.#x);
      total.fill(0);
      for (const [k, other] of this.#others.entries()) {
        const slope = slopes[at++];
        const otherNorm = this.#ready(other, i, this.#y);
        this.#compare();
        for (let c = 0; c < cols; c++) {
          total[c] += slope * this.#xSlope[c];
          this.#ySlope[c] *= slope;
        }
        this.#write(this.#ySlope, this.#y, otherNorm, rowView(outs[k], i));
      }
      this.#write(total, this.#x, anchorNorm, rowView(embeddings, i));
    }
    return { embeddings, reference, ...(negatives.length > 0 && { negatives }) };
  }

  #compare(): number {
    return this.#similarity.compare(this.#x, this.#y, this.#xSlope, this.#ySlope);
  }

  /** Copies row i as it is compared; returns its length. */
  #ready({ data, cols }: Matrix, i: number, out: Float64Array): number {
    const length = this.#similarity.isOfUnits ? norm(data, i * cols, cols, 2) : 1;
    const divisor = divisorOf(length);
    for (let k = 0; k < cols; k++) out[k] = data[i * cols + k] / divisor;
    return length;
  }

  /** Writes the slope by a row, from that by the row as it is compared. */
  #write(slope: Float64Array, ready: Float64Array, length: number, out: Float32Array): void {
    if (this.#similarity.isOfUnits) pullThroughNormalization(slope, ready, { norm: length, p: 2 }, out);
    else for (let k = 0; k < out.length; k++) out[k] = withinFloat(slope[k]);
  }
}
