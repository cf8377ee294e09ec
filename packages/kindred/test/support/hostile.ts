import { describe, expect, it } from "vitest";
import {
  Random,
  type Evaluation,
  type Label,
  type Loss,
  type Matrix,
  type MetricLossOptions,
} from "../../src/index.ts";
import { fromRows, type Rows } from "./plain.ts";

/** The width of all hostile embeddings, and how many labels there are at the most: they are 0 .. HOSTILE_CLASSES - 1. */
export const HOSTILE_WIDTH = 4;
export const HOSTILE_CLASSES = 6;

/** How a loss is called; the default gives it embeddings and labels. */
type HostileCall<L extends Loss> = (loss: L, embeddings: Matrix, labels: Label[]) => Evaluation;

interface HostileBatch {
  readonly rows: Rows;
  readonly labels: Label[];
}

/**
 * Tests that value and all slopes stay finite where formulas have poles and numbers leave their range.
 *
 * @param make is handed `{ whenSilent: "ignore" }`; a loss with class vectors is to be made for HOSTILE_CLASSES classes
 *   and embeddings HOSTILE_WIDTH wide
 * @param call where a loss needs more than embeddings and labels
 */
export function describeHostileInputs<L extends Loss>(
  name: string,
  make: (options: Partial<MetricLossOptions>) => L,
  call: HostileCall<L> = (loss, embeddings, labels) => loss.evaluate(embeddings, labels),
): void {
  describe(`${name} stays finite`, () => {
    for (const [title, { rows, labels }] of Object.entries(hostileBatches())) {
      it(title, () => {
        const loss = make({ whenSilent: "ignore" });
        expectFinite(call(loss, fromRows(rows, HOSTILE_WIDTH), labels), rows.length);
      });
    }
  });
}

/** Fails when the value or an entry of any slope is NaN or infinite. */
export function expectFinite({ value, gradients }: Evaluation, rows: number): void {
  expect(value).toSatisfy(Number.isFinite);
  const { embeddings, reference, negatives = [], parameters } = gradients;
  expect([embeddings.rows, embeddings.cols]).toEqual([rows, HOSTILE_WIDTH]);
  for (const matrix of [embeddings, reference, ...negatives, ...Object.values(parameters)]) {
    if (matrix !== undefined) expect(Array.from(matrix.data).filter((slope) => !Number.isFinite(slope))).toEqual([]);
  }
}

function hostileBatches(): Readonly<Record<string, HostileBatch>> {
  const axis = [1, 0, 0, 0];
  const zero = [0, 0, 0, 0];
  const three = [0, 0, 0, 1, 1, 2];
  const scaled = (rows: Rows, ...factors: number[]): Rows =>
    rows.map((row, i) => row.map((x) => x * factors[i % factors.length]));
  return {
    "on equal embeddings": { rows: repeat([0.3, -1.2, 0.7, 2], 6), labels: three },
    "on equal embeddings along an axis, whose similarity is exactly 1": { rows: repeat(axis, 6), labels: three },
    "on opposite embeddings, whose similarity is exactly -1": {
      rows: scaled(repeat(axis, 6), 1, -1),
      labels: [0, 0, 1, 1, 0, 1],
    },
    "on positives that are opposite and negatives that are equal": {
      rows: scaled(repeat(axis, 4), 1, -1),
      labels: [0, 0, 1, 1],
    },
    "on positives that are equal and negatives that are opposite": {
      rows: scaled(repeat(axis, 4), 1, -1),
      labels: [0, 1, 0, 1],
    },
    "on zero vectors": { rows: repeat(zero, 6), labels: three },
    "on a zero vector among others": { rows: [zero, ...normal(4)], labels: [0, 0, 1, 1, 2] },
    "on rows of equal coordinates": {
      rows: [1, 1, 2, -1, 0.5].map((x) => repeat([x], 4).flat()),
      labels: [0, 0, 1, 1, 2],
    },
    "on norms of 1e-18": { rows: scaled(normal(6), 1e-18), labels: three },
    "on norms of 1e18": { rows: scaled(normal(6), 1e18), labels: three },
    "on norms of 1e-18, 1 and 1e18": { rows: scaled(normal(6), 1e-18, 1, 1e18), labels: [0, 1, 0, 1, 0, 1] },
    "on no sample": { rows: [], labels: [] },
    "on one sample": { rows: normal(1), labels: [0] },
    "on two samples of one class": { rows: normal(2), labels: [1, 1] },
    "on two samples of two classes": { rows: normal(2), labels: [1, 0] },
    "on one class": { rows: normal(5), labels: repeat(3, 5) },
    "on singletons": { rows: normal(6), labels: [0, 1, 2, 3, 4, 5] },
    "on equal singletons": { rows: repeat(axis, 6), labels: [0, 1, 2, 3, 4, 5] },
  };
}

function repeat<T>(entry: T, count: number): T[] {
  return Array.from({ length: count }, () => entry);
}

function normal(count: number): Rows {
  const random = new Random(11);
  return Array.from({ length: count }, () => Array.from({ length: HOSTILE_WIDTH }, () => random.normal()));
}
