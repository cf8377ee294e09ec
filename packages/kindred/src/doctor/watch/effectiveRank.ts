import type { Matrix } from "../../matrix/matrix.ts";

/** How embeddings fill their space. */
interface Spread {
  /** Mean cosine of two different samples: 1 when all point the same way. */
  readonly meanCosine: number;
  /** (sum of variances)^2 / sum of squared variances along the principal axes: 1 for a line, d for a ball. */
  readonly effectiveRank: number;
}

/**
 * Measures at most `most` rows, evenly chosen. Zero rows count as without direction.
 *
 * From the Gram matrix G of the centred unit rows: effective rank = trace(G)^2 / |G|^2, the participation ratio of the
 * variances, without an eigenvalue.
 */
export function measureSpread({ data, rows, cols }: Matrix, most: number): Spread {
  const n = Math.min(rows, most);
  const unit = new Float64Array(n * cols);
  const mean = new Float64Array(cols);
  for (let i = 0; i < n; i++) {
    const from = Math.floor((i * rows) / n) * cols;
    let square = 0;
    for (let k = 0; k < cols; k++) square += data[from + k] ** 2;
    const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = 0; k < cols; k++) {
      unit[i * cols + k] = data[from + k] * factor;
      mean[k] += unit[i * cols + k] / n;
    }
  }
  // |sum of unit rows|^2 = n + n (n - 1) mean cosine
  const meanCosine = n < 2 ? 0 : (n * n * squaredNorm(mean) - n) / (n * (n - 1));
  for (let k = 0; k < unit.length; k++) unit[k] -= mean[k % cols];
  let [trace, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(unit, i * cols, j * cols, cols);
      if (i === j) trace += product;
      squares += (i === j ? 1 : 2) * product * product;
    }
  }
  return { meanCosine, effectiveRank: squares > 0 ? (trace * trace) / squares : 0 };
}

/** Two sums side by side; one alone waits for each addition to end. */
function dot(x: Float64Array, i: number, j: number, cols: number): number {
  let [even, odd] = [0, 0];
  const end = i + cols - (cols % 2);
  for (; i < end; i += 2, j += 2) {
    even += x[i] * x[j];
    odd += x[i + 1] * x[j + 1];
  }
  return cols % 2 === 1 ? even + odd + x[i] * x[j] : even + odd;
}

function squaredNorm(x: Float64Array): number {
  return x.reduce((sum, v) => sum + v * v, 0);
}
