import { expect } from "vitest";
import { Random, type Evaluation, type Matrix } from "../../src/index.ts";
import { numericSlope, type Rows } from "./plain.ts";

/** Everything that a loss has slopes for, by name; the k-th column of negatives is "negatives" and k. */
interface Inputs {
  readonly embeddings: Rows;
  readonly reference?: Rows;
  readonly [other: string]: Rows | undefined;
}

/** Compares value and every slope with an equation in float64 and its finite differences; columns of negatives are `negatives0` and so on. */
export function expectTwin<T extends Inputs>(
  { value, gradients }: Evaluation,
  inputs: T,
  twin: (inputs: T) => number,
): void {
  const scale = Math.max(1, Math.abs(value));
  expect(Math.abs(value - twin(inputs)) / scale).toBeLessThan(2e-4);
  const { embeddings, reference, negatives = [], parameters } = gradients;
  const columns = Object.fromEntries(negatives.map((column, k) => [`negatives${k}`, column]));
  const slopes: Record<string, Matrix | undefined> = { embeddings, reference, ...columns, ...parameters };
  for (const [name, rows] of Object.entries(inputs)) {
    if (rows === undefined || rows.length === 0) continue;
    const expected = numericSlope(rows, (moved) => twin({ ...inputs, [name]: moved })).flat();
    const actual = slopes[name]!.data;
    const peak = expected.reduce((max, slope) => Math.max(max, Math.abs(slope)), 1e-2);
    expect(actual.length).toBe(expected.length);
    const worst = expected.reduce((max, slope, k) => Math.max(max, Math.abs(slope - actual[k])), 0);
    expect(worst / peak, `slope of ${name}`).toBeLessThan(5e-4);
  }
}

/** Normal rows of float32 numbers. */
export function normalRows(count: number, cols: number, seed: number): Rows {
  const random = new Random(seed);
  return Array.from({ length: count }, () => Array.from({ length: cols }, () => Math.fround(random.normal())));
}

/**
 * Compares a loss of a batch too large for one block of rows with its equation: the value, and the slope along its own
 * direction.
 *
 * @param equation of embeddings and reference
 */
export function expectTwinAlongSlope(
  { value, gradients }: Evaluation,
  embeddings: Rows,
  reference: Rows | null,
  equation: (embeddings: Rows, reference: Rows | null) => number,
): void {
  expect(value / equation(embeddings, reference)).toBeCloseTo(1, 4);
  const moved = (rows: Rows, { data, cols }: Matrix, step: number): Rows =>
    rows.map((row, i) => row.map((x, k) => x + step * data[i * cols + k]));
  const at = (step: number): number =>
    equation(moved(embeddings, gradients.embeddings, step), reference && moved(reference, gradients.reference!, step));
  const slopes = [...gradients.embeddings.data, ...(gradients.reference?.data ?? [])];
  const squared = slopes.reduce((sum, slope) => sum + slope * slope, 0);
  // along its own slope a value changes by the slope's square
  const step = 1e-3 / Math.sqrt(squared);
  expect((at(step) - at(-step)) / (2 * step * squared)).toBeCloseTo(1, 3);
}
