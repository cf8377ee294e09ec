import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { withinFloat } from "../../matrix/float.ts";
import { learnedZeros, zeros, type Matrix } from "../../matrix/matrix.ts";
import type { Random } from "../../matrix/random.ts";

/** The products of rows with the rows of a weight, and the way back for their slopes. */
const products = new DotProductSimilarity({ normalizeEmbeddings: false });

/** The slopes of a layer's output by what it is made of. */
interface LayerSlopes {
  readonly rows: Matrix;
  readonly weight: Matrix;
  readonly bias: Matrix;
}

/** A learned linear map of rows, x -> x weight^T + bias. */
export class LinearLayer {
  /** outputs x inputs. */
  readonly weight: Matrix;
  /** 1 x outputs. */
  readonly bias: Matrix;

  /** Both are drawn evenly from -1/sqrt(inputs) to 1/sqrt(inputs). */
  constructor(inputs: number, outputs: number, random: Random) {
    const bound = 1 / Math.sqrt(inputs);
    this.weight = learnedZeros(outputs, inputs, "weight");
    this.bias = zeros(1, outputs);
    for (const { data } of [this.weight, this.bias])
      for (let k = 0; k < data.length; k++) data[k] = bound * (2 * random.uniform() - 1);
  }

  /** What it makes of n rows: n x outputs. */
  apply(rows: Matrix): Matrix {
    const out = products.matrix(rows, this.weight);
    const bias = this.bias.data;
    for (let k = 0; k < out.data.length; k++) out.data[k] = withinFloat(out.data[k] + bias[k % out.cols]);
    return out;
  }

  /** The slopes of sum_ij slopes_ij out_ij. */
  pull(rows: Matrix, slopes: Matrix): LayerSlopes {
    const { embeddings, reference } = products.matrixGradients(slopes, rows, this.weight);
    const totals = new Float64Array(slopes.cols);
    for (let k = 0; k < slopes.data.length; k++) totals[k % slopes.cols] += slopes.data[k];
    const bias = zeros(1, slopes.cols);
    bias.data.set(totals.map(withinFloat));
    return { rows: embeddings, weight: reference!, bias };
  }
}
