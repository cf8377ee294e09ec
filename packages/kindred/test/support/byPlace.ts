import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  DoNothingReducer,
  LpRegularizer,
  MeanReducer,
  SumReducer,
  ThresholdReducer,
  type Evaluation,
  type Loss,
  type Matrix,
  type MetricLossOptions,
} from "../../src/index.ts";
import type { SimilarityName } from "../../src/losses/items/pairSimilarity.ts";
import { describeHostileInputs } from "./hostile.ts";
import { fromRows, plainProduct, plainReduce, type Rows } from "./plain.ts";
import { expectTwin, normalRows } from "./twin.ts";

type Row = readonly number[];

function unit(x: Row): number[] {
  const length = Math.hypot(...x);
  return x.map((entry) => entry / length);
}

/** The rows as complex numbers: sum_k z_k conj(w_k), an odd width with a 0 at its end. */
function plainAngle(x: Row, y: Row): number {
  const half = Math.ceil(x.length / 2);
  const [z, w] = [unit(x), unit(y)];
  let [re, im] = [0, 0];
  for (let k = 0; k < half; k++) {
    const [a, b, c, d] = [z[k], z[half + k] ?? 0, w[k], w[half + k] ?? 0];
    re += a * c + b * d;
    im += b * c - a * d;
  }
  return Math.abs(re + im);
}

/** How two rows are compared, in the plainest code. */
export const plainSimilarities: Readonly<Record<SimilarityName, (x: Row, y: Row) => number>> = {
  cosine: (x, y) => plainProduct(unit(x), unit(y)),
  dot: (x, y) => plainProduct(x, y),
  euclidean: (x, y) => -Math.hypot(...x.map((entry, k) => entry - y[k])),
  manhattan: (x, y) => -x.reduce((sum, entry, k) => sum + Math.abs(entry - y[k]), 0),
  angle: plainAngle,
};

/** Columns whose row i belongs together. */
export interface PlacedColumns {
  readonly embeddings: Rows;
  readonly reference?: Rows;
  readonly negatives0?: Rows;
  readonly negatives1?: Rows;
  readonly [other: string]: Rows | undefined;
}

/** Columns of normal rows: the embeddings, a reference, and up to two of negatives. */
export function placedColumns(count: 1 | 2 | 3 | 4, rows: number, cols: number, seed: number): PlacedColumns {
  const column = (c: number): Rows => normalRows(rows, cols, seed + c);
  return {
    embeddings: column(0),
    ...(count > 1 && { reference: column(1) }),
    ...(count > 2 && { negatives0: column(2) }),
    ...(count > 3 && { negatives1: column(3) }),
  };
}

/** What `evaluate` is given of columns besides the embeddings. */
export function columnsOf({ reference, negatives0, negatives1 }: PlacedColumns): {
  readonly reference: Matrix;
  readonly negatives: Matrix[];
} {
  const negatives = [negatives0, negatives1].filter((rows) => rows !== undefined);
  return {
    ...(reference && { reference: fromRows(reference) }),
    ...(negatives.length > 0 && { negatives: negatives.map((rows) => fromRows(rows)) }),
  } as { reference: Matrix; negatives: Matrix[] };
}

/** What the shared tests need to know of a loss with one item a row. */
interface PlacedContract {
  readonly make: (options: Partial<MetricLossOptions>) => Loss;
  /** How many columns it is given. */
  readonly columns: 1 | 2 | 3 | 4;
  /** Calls the loss with whatever else it takes for so many rows. */
  readonly call: (loss: Loss, embeddings: Matrix, columns: object) => Evaluation;
  /** The item of every row, in the plainest code. */
  readonly items: (columns: PlacedColumns) => number[];
  /** How wide the embeddings are. Default 4. */
  readonly width?: number;
}

/** Tests a loss with one item a row against its equation, its slopes against differences, and that all stays finite. */
export function describePlacedLoss(name: string, contract: PlacedContract): void {
  const { make, columns, call, items, width = 4 } = contract;
  const given = placedColumns(columns, 6, width, 31);
  const evaluate = (loss: Loss): Evaluation => call(loss, fromRows(given.embeddings), columnsOf(given));

  describe(`${name} equals its equation in value and slope`, () => {
    const losses = items(given).toSorted((a, b) => a - b);
    const between = (losses[1] + losses[2]) / 2;
    for (const reducer of [
      new MeanReducer(),
      new SumReducer(),
      new AvgNonZeroReducer(),
      new ThresholdReducer({ low: between }),
    ])
      it(`reduced by ${reducer.name}`, () => {
        expectTwin(evaluate(make({ reducer })), given, (moved) => {
          const all = items(moved).map((loss, anchor) => ({ anchor, loss }));
          return plainReduce(reducer, all, "element", all.length, null);
        });
      });

    it("handing its items out, with slopes of 0", () => {
      const { value, gradients, subLosses } = evaluate(make({ reducer: new DoNothingReducer() }));
      expect(value).toBe(0);
      expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
      items(given).forEach((item, i) => expect(subLosses!.loss.losses[i]).toBeCloseTo(item, 4));
    });

    it("with a penalty on the embeddings", () => {
      const penalty = new LpRegularizer().evaluate(given.embeddings).value;
      const { value } = evaluate(make({ embeddingRegularizer: new LpRegularizer(), embeddingRegWeight: 2 }));
      expect(value).toBeCloseTo(evaluate(make({})).value + 2 * penalty, 4);
    });
  });

  describeHostileInputs(name, make, (loss, embeddings) => {
    const turned = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    const other = { ...embeddings, data: turned };
    const negatives = [embeddings, other].slice(0, columns - 2);
    return call(loss, embeddings, {
      ...(columns > 1 && { reference: other }),
      ...(columns > 2 && { negatives }),
    });
  });
}
