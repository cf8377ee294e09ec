import { expect } from "vitest";
import type { LargeMarginSoftmaxLoss, SphereFaceLoss } from "../../src/index.ts";
import { expectExtremeSlopes, extremeRows, farLogSumExp } from "./extremes.ts";
import { fromRows, plainProduct, type Rows } from "./plain.ts";

/**
 * (-1)^k cos(m theta) - 2k with the angle taken from its cosine, as the papers on L-Softmax and SphereFace write it. A
 * "cosine" beyond 1, which norms with p other than 2 make, has cos(m theta) by the multiple-angle formula, a polynomial.
 */
export function plainMultipleAngle(cosine: number, m: number): number {
  const theta = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const k = Math.floor((theta * m) / Math.PI);
  let multiple = 0;
  for (let n = 0; 2 * n <= m; n++)
    multiple += (-1) ** n * binomial(m, 2 * n) * cosine ** (m - 2 * n) * (1 - cosine ** 2) ** n;
  return (-1) ** k * multiple - 2 * k;
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;
}

/**
 * Rows near float32's largest numbers have the value and slopes of the equation in float64.
 *
 * @param loss of 3 classes, 4 columns and the default options
 * @param magnitude what a logit's cosine, or multiple angle, is multiplied by
 */
export function expectMultipleAngleNearLargest(
  loss: LargeMarginSoftmaxLoss | SphereFaceLoss,
  magnitude: (x: number[], w: number[]) => number,
): void {
  const labels = [0, 1, 2, 0, 1, 2, 1];
  const vectors = Array.from({ length: 3 }, (_, c) => Array.from({ length: 4 }, (_, k) => loss.W.data[3 * k + c]));
  const equation = (rows: Rows): number => {
    const losses = rows.map((x, i) => {
      const logits = vectors.map((w, c) => {
        const cosine = plainProduct(x, w) / Math.hypot(...x) / Math.hypot(...w);
        return magnitude(x, w) * (c === labels[i] ? plainMultipleAngle(cosine, 4) : cosine);
      });
      return farLogSumExp(logits) - logits[labels[i]];
    });
    return losses.reduce((sum, each) => sum + each, 0) / losses.length;
  };
  const rows = extremeRows(7, 4, 2);
  const { value, gradients } = loss.evaluate(fromRows(rows), labels);
  expect(value / equation(rows)).toBeCloseTo(1, 5);
  expectExtremeSlopes(gradients.embeddings, rows, equation);
  expect(gradients.parameters.W.data.every(Number.isFinite)).toBe(true);
  // the loss grows with the lengths, and so do the slopes of the class vectors
  const shorter = loss.evaluate(fromRows(rows.map((row) => row.map((x) => x * 2 ** -40))), labels).gradients.parameters
    .W;
  gradients.parameters.W.data.forEach((slope, k) => {
    if (Math.abs(slope) < 3e38) expect(slope / 2 ** 40 / shorter.data[k]).toBeCloseTo(1, 3);
  });
}
