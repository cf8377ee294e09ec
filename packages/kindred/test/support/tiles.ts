import { expect } from "vitest";
import { Random, type Loss } from "../../src/index.ts";

/** A batch with itself above this size is formed in several tiles. */
const ROWS = 2100;
const WIDTH = 4;
const CLASSES = 6;

/** The cosine of two samples. */
type Similarity = (i: number, j: number) => number;

/**
 * Compares a loss of a batch too large for one tile with its equation in float64: the value, and the slope along one
 * direction.
 *
 * @param loss on CosineSimilarity
 */
export function expectTrueAcrossTiles(
  loss: Loss,
  equation: (similarity: Similarity, labels: readonly number[]) => number,
): void {
  const random = new Random(31);
  const data = Float32Array.from({ length: ROWS * WIDTH }, () => random.normal());
  const labels = Array.from({ length: ROWS }, () => random.integer(CLASSES));
  const { value, gradients } = loss.evaluate({ data, rows: ROWS, cols: WIDTH }, labels);
  const at = (step: number): number => {
    const moved = Float64Array.from(data, (x, k) => x + step * gradients.embeddings.data[k]);
    return equation(similarityOf(moved), labels);
  };
  expect(value / at(0)).toBeCloseTo(1, 4);

  // along its own slope a value changes by the slope's square
  const squared = gradients.embeddings.data.reduce((sum, slope) => sum + slope * slope, 0);
  const step = 1e-3 / Math.sqrt(squared);
  expect((at(step) - at(-step)) / (2 * step * squared)).toBeCloseTo(1, 3);
}

function similarityOf(data: Float64Array): Similarity {
  const unit = data.slice();
  for (let i = 0; i < ROWS; i++) {
    const row = unit.subarray(i * WIDTH, (i + 1) * WIDTH);
    const norm = Math.hypot(...row);
    row.forEach((x, k) => (row[k] = x / norm));
  }
  return (i, j) => {
    let total = 0;
    for (let k = 0; k < WIDTH; k++) total += unit[i * WIDTH + k] * unit[j * WIDTH + k];
    return total;
  };
}
