import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  DivisorReducer,
  DoNothingReducer,
  LpDistance,
  MeanReducer,
  MultipleReducers,
  SumReducer,
  ThresholdReducer,
  VICRegLoss,
  type Reducer,
  type Regularizer,
} from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { fromRows, plainReduce, reducerOf, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

interface Weights {
  readonly invarianceLambda: number;
  readonly varianceMu: number;
  readonly covarianceV: number;
  readonly eps: number;
}

const usual: Weights = { invarianceLambda: 25, varianceMu: 25, covarianceV: 1, eps: 1e-4 };

function covariance(rows: Rows, k: number, l: number): number {
  const mean = (c: number): number => rows.reduce((sum, row) => sum + row[c], 0) / rows.length;
  const [x, y] = [mean(k), mean(l)];
  return rows.reduce((sum, row) => sum + (row[k] - x) * (row[l] - y), 0) / (rows.length - 1);
}

function plainLoss(first: Rows, second: Rows, weights: Weights, reducer: Reducer): number {
  const columns = first[0].map((_, k) => k);
  const reduce = (losses: readonly number[], subLoss: string): number => {
    const items = losses.map((loss, anchor) => ({ anchor, loss }));
    return plainReduce(reducerOf(reducer, subLoss), items, "element", losses.length, null);
  };
  const invariances = first.map(
    (row, i) =>
      (weights.invarianceLambda * row.reduce((sum, x, k) => sum + (x - second[i][k]) ** 2, 0)) / columns.length,
  );
  const variances = [first, second].map((rows) =>
    columns.map((k) => (weights.varianceMu / 2) * Math.max(0, 1 - Math.sqrt(covariance(rows, k, k) + weights.eps))),
  );
  let penalty = 0;
  for (const rows of [first, second])
    for (const k of columns) for (const l of columns) if (k !== l) penalty += covariance(rows, k, l) ** 2;
  return (
    reduce(invariances, "invarianceLoss") +
    reduce(variances[0], "varianceLoss1") +
    reduce(variances[1], "varianceLoss2") +
    (weights.covarianceV * penalty) / columns.length
  );
}

const scaled = (rows: Rows, factor: number): Rows => rows.map((row) => row.map((x) => Math.fround(x * factor)));

describe("VICRegLoss equals its brute-force twin in value and slope", () => {
  function compareOn(first: Rows, second: Rows | null, weights = usual, reducer: Reducer = new MeanReducer()): void {
    const loss = new VICRegLoss({ ...weights, reducer, whenSilent: "ignore" });
    const evaluation = loss.evaluate(fromRows(first), null, second === null ? {} : { reference: fromRows(second) });
    const inputs = { embeddings: first, ...(second && { reference: second }) };
    expectTwin(evaluation, inputs, (moved) =>
      plainLoss(moved.embeddings, moved.reference ?? moved.embeddings, weights, reducer),
    );
  }

  const views: [Rows, Rows] = [scaled(normalRows(9, 5, 1), 0.6), scaled(normalRows(9, 5, 2), 0.8)];

  it("with its defaults", () => compareOn(...views));
  it("without a reference", () => compareOn(views[0], null));
  it("with other weights", () =>
    compareOn(...views, { invarianceLambda: 3, varianceMu: 0.5, covarianceV: 7, eps: 0.01 }));
  it("on wide deviations, which variances leave alone", () => compareOn(scaled(views[0], 9), scaled(views[1], 9)));

  const reducers: Reducer[] = [
    new SumReducer(),
    new AvgNonZeroReducer(),
    new ThresholdReducer({ low: 2, high: 30 }),
    new MultipleReducers({ reducers: { invarianceLoss: new SumReducer(), varianceLoss2: new AvgNonZeroReducer() } }),
  ];
  for (const reducer of reducers) it(`reduced by ${reducer.name}`, () => compareOn(...views, usual, reducer));

  it("on views of any shape", () => {
    const shape = fc.record({
      n: fc.integer({ min: 2, max: 12 }),
      d: fc.integer({ min: 1, max: 9 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      isAlone: fc.boolean(),
      factor: fc.constantFrom(0.3, 0.7, 2),
    });
    fc.assert(
      fc.property(shape, ({ n, d, seed, isAlone, factor }) => {
        const first = scaled(normalRows(n, d, seed), factor);
        compareOn(first, isAlone ? null : scaled(normalRows(n, d, seed + 1), factor));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describeHostileInputs(
  "VICRegLoss",
  (options) => new VICRegLoss(options),
  (loss, embeddings) => loss.evaluate(embeddings, null),
);
describeHostileInputs(
  "VICRegLoss of two views",
  (options) => new VICRegLoss(options),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    return loss.evaluate(embeddings, null, { reference: { ...embeddings, data } });
  },
);

describe("VICRegLoss", () => {
  const rows = normalRows(6, 3, 8);
  const reference = normalRows(6, 3, 9);

  it("has only the invariance term for a single sample", () => {
    const { value, gradients } = new VICRegLoss().evaluate([[1, 2]], null, { reference: [[2, 4]] });
    expect(value).toBe((25 * (1 + 4)) / 2);
    expect([...gradients.embeddings.data]).toEqual([-25, -50]);
    expect([...gradients.reference!.data]).toEqual([25, 50]);
  });

  it("forms the covariances of very wide embeddings in several tiles", () => {
    const wide = normalRows(3, 2300, 10);
    const { value, gradients } = new VICRegLoss({ invarianceLambda: 0, varianceMu: 0 }).evaluate(fromRows(wide), null);
    const centred = wide.map((row) => row.map((x, k) => x - (wide[0][k] + wide[1][k] + wide[2][k]) / 3));
    const products = centred.map((x) => centred.map((y) => x.reduce((sum, v, k) => sum + v * y[k], 0)));
    // sum_kl cov_kl^2 = sum_ij (x_i . x_j)^2 / (n - 1)^2, less the diagonal
    const squares = products.flat().reduce((sum, x) => sum + x * x, 0) / 4;
    const variances = wide[0].map((_, k) => centred.reduce((sum, row) => sum + row[k] ** 2, 0) / 2);
    const diagonal = variances.reduce((sum, x) => sum + x * x, 0);
    expect(value / ((2 * (squares - diagonal)) / 2300)).toBeCloseTo(1, 5);

    // d/dx_ik = 8 / (d (n - 1)) (sum_j (x_i . x_j) x_jk / (n - 1) - var_k x_ik)
    for (const [i, k] of [
      [0, 0],
      [1, 1823],
      [2, 2299],
    ]) {
      const pulled =
        centred.reduce((sum, row, j) => sum + (products[i][j] * row[k]) / 2, 0) - variances[k] * centred[i][k];
      expect(gradients.embeddings.data[i * 2300 + k] / ((8 / (2300 * 2)) * pulled)).toBeCloseTo(1, 4);
    }
  });

  it("hands out its four sub-losses for a DoNothingReducer", () => {
    const loss = new VICRegLoss({ reducer: new DoNothingReducer() });
    const { value, gradients, subLosses } = loss.evaluate(rows, null, { reference });
    expect(value).toBe(0);
    expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
    expect(
      Object.entries(subLosses!).map(([name, { losses, reductionType }]) => [name, losses.length, reductionType]),
    ).toEqual([
      ["invarianceLoss", 6, "element"],
      ["varianceLoss1", 3, "element"],
      ["varianceLoss2", 3, "element"],
      ["covarianceLoss", 1, "already_reduced"],
    ]);
    const total = Object.values(subLosses!).reduce(
      (sum, { losses }) => sum + losses.reduce((part, x) => part + x, 0) / losses.length,
      0,
    );
    expect(total).toBeCloseTo(new VICRegLoss().evaluate(rows, null, { reference }).value, 5);
  });

  it("counts samples, coordinates and the covariances as items", () => {
    const { report } = new VICRegLoss().evaluate(rows, null, { reference });
    expect([report.items, report.status]).toEqual([6 + 3 + 3 + 1, "learning"]);
    const apart = scaled(rows, 50);
    const alone = new VICRegLoss().evaluate(apart, null).report;
    expect([alone.activeItems, alone.status]).toEqual([1, "learning"]);
  });

  it("refuses what it has no use for", () => {
    expect(() => new VICRegLoss({ distance: new LpDistance() } as object)).toThrow(
      /^VICRegLoss has no option "distance"; known: reducer, /,
    );
    const regularizer = { evaluate: () => ({ value: 0, gradient: fromRows([]) }) } as unknown as Regularizer;
    expect(() => new VICRegLoss({ embeddingRegularizer: regularizer } as object)).toThrow(
      /^VICRegLoss has no option "embeddingRegularizer"/,
    );
    expect(() => new VICRegLoss({ eps: -1 })).toThrow(/eps is -1; give a finite number >= 0/);
    const loss = new VICRegLoss();
    expect(() => loss.evaluate(rows, [1, 1, 2, 2, 3, 3] as never)).toThrow(/^VICRegLoss takes no labels; give null/);
    expect(() => loss.evaluate(rows, null, { reference, referenceLabels: [1, 1, 2, 2, 3, 3] } as object)).toThrow(
      "VICRegLoss takes no labels; leave referenceLabels out",
    );
    expect(() => loss.evaluate(rows, null, { reference: reference.slice(1) })).toThrow(
      "reference has 5 rows, embeddings has 6; row i of one belongs with row i of the other",
    );
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(rows, null, { tuples } as object)).toThrow(/takes no tuples, .*; leave them out/);
  });

  it("refuses reducers that need labels or a divisor", () => {
    const weights = new ClassWeightedReducer({ weights: [1] });
    for (const reducer of [weights, new DivisorReducer()])
      expect(() => new VICRegLoss({ reducer }).evaluate(rows, null)).toThrow(TypeError);
  });
});

it("VICRegLoss of unit vectors can be checked by hand", () => {
  const { value } = new VICRegLoss().evaluate([threeRows[0]], null, { reference: [threeRows[1]] });
  // the invariance alone: one sample has no variance
  expect(value).toBeCloseTo((25 * (0.4 ** 2 + 0.8 ** 2)) / 2, 5);
});
