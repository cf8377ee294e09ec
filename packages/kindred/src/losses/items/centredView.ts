import { ColumnProducts } from "../../kernels/columnProducts.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** A penalty and slopes: entry k of the matrix has the slope scale x products[k]. */
export interface PulledCovariances {
  readonly penalty: number;
  readonly scale: number;
  /** In the kernels' memory: gone with the workspace, and dead when the memory grows. */
  readonly products: Float32Array;
}

/** A matrix less the mean of each column, in the kernels' memory. Fewer than two rows have neither variance nor covariance. */
export class CentredView {
  /** The unbiased variance of each column. */
  readonly variances: Float64Array;
  readonly #rows: number;
  /** What the centred entries are divided by, so that no power of them leaves float32's range. */
  readonly #unit: number;
  readonly #products: ColumnProducts;

  constructor(workspace: Workspace, { data, rows, cols }: Matrix) {
    this.#rows = rows;
    this.#products = new ColumnProducts(workspace, rows, cols);
    this.variances = new Float64Array(cols);
    const means = new Float64Array(cols);
    let largest = 0;
    for (let start = 0; start < data.length; start += cols) {
      for (let k = 0; k < cols; k++) {
        const x = data[start + k];
        means[k] += x;
        if (x > largest) largest = x;
        else if (-x > largest) largest = -x;
      }
    }
    for (let k = 0; k < cols; k++) means[k] /= rows;
    this.#unit = 2 * largest;
    if (rows > 1) this.#centre(data, means, this.#products.entries());
  }

  /**
   * sum of cov_kl^2 over all ordered pairs of different columns, streamed in tiles, and the slopes of
   * weight x that sum + sum_k sum_i factors[k] / 2 centred_ik^2.
   */
  pullCovariances(weight: number, factors: Float64Array): PulledCovariances {
    const unit = this.#unit;
    if (this.#rows < 2 || unit === 0) return { penalty: 0, scale: 0, products: this.#products.mapped().fill(0) };
    const degrees = this.#rows - 1;
    const pull = (4 * weight * unit ** 3) / (degrees * degrees);
    const scale = factors.reduce((max, factor) => Math.max(max, Math.abs(factor) * unit), Math.abs(pull));
    const diagonal = factors.map((factor) => (factor * unit) / scale);
    const total = this.#products.map(scale === 0 ? null : { factor: pull / scale, diagonal });
    const products = this.#products.mapped();
    if (scale === 0) products.fill(0);
    return { penalty: (total * unit ** 4) / (degrees * degrees), scale, products };
  }

  #centre(data: Float32Array, means: Float64Array, out: Float32Array): void {
    const { variances } = this;
    const cols = means.length;
    const factor = this.#unit === 0 ? 0 : 1 / this.#unit;
    for (let start = 0; start < data.length; start += cols) {
      for (let k = 0; k < cols; k++) {
        const difference = data[start + k] - means[k];
        variances[k] += difference * difference;
        out[start + k] = difference * factor;
      }
    }
    for (let k = 0; k < cols; k++) variances[k] /= this.#rows - 1;
  }
}
