import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  GlobalOrthogonalRegularizationLoss,
  LpDistance,
  type Distance,
} from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { columnsOf, placedColumns, type PlacedColumns } from "../../support/byPlace.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allReducers } from "../../support/lossContract.ts";
import { plainDistances, type Rows } from "../../support/plain.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

interface Settings {
  readonly distance: Distance;
  readonly meanWeight: number;
  readonly secondMomentWeight: number;
  readonly aggregation: "mean" | "sum";
}

const usual: Settings = {
  distance: new CosineSimilarity(),
  meanWeight: 1,
  secondMomentWeight: 1,
  aggregation: "mean",
};

function plainColumn(rows: Rows, { distance, meanWeight, secondMomentWeight }: Settings): number {
  if (rows.length < 2) return 0;
  const table = plainDistances(distance, rows, rows);
  const values = table.flatMap((row, i) => row.filter((_, j) => j !== i));
  const mean = (numbers: number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const excess = Math.max(0, mean(values.map((s) => s * s)) - 1 / rows[0].length);
  return meanWeight * mean(values) ** 2 + secondMomentWeight * excess;
}

function plainLoss(columns: PlacedColumns, settings: Settings): number {
  const all = Object.values(columns).map((rows) => plainColumn(rows!, settings));
  const sum = all.reduce((total, each) => total + each, 0);
  return settings.aggregation === "sum" ? sum : sum / all.length;
}

describe("GlobalOrthogonalRegularizationLoss equals its equation in value and slope", () => {
  const compareOn = (columns: PlacedColumns, given: Partial<Settings> = {}): void => {
    const evaluation = new GlobalOrthogonalRegularizationLoss(given).evaluate(
      columns.embeddings,
      null,
      columnsOf(columns),
    );
    expectTwin(evaluation, columns, (moved) => plainLoss(moved, { ...usual, ...given }));
  };

  for (const count of [1, 2, 3, 4] as const)
    for (const aggregation of ["mean", "sum"] as const)
      it(`of ${count} columns, their ${aggregation}`, () => {
        compareOn(placedColumns(count, 7, 5, count), { aggregation });
      });
  for (const given of [{ meanWeight: 0 }, { secondMomentWeight: 0 }, { meanWeight: 0.3, secondMomentWeight: 2 }])
    it(`with ${JSON.stringify(given)}`, () => {
      compareOn(placedColumns(2, 6, 4, 5), given);
    });
  for (const distance of [
    new DotProductSimilarity({ normalizeEmbeddings: false }),
    new LpDistance({ normalizeEmbeddings: false }),
    new LpDistance({ normalizeEmbeddings: false, p: 1 }),
    new LpDistance({ power: 2 }),
  ])
    it(`with ${distance.name} p ${distance.p} power ${distance.power}`, () => {
      compareOn(placedColumns(2, 6, 4, 6), { distance });
    });
  it("of rows that are nearly spread out", () => {
    const rows = normalRows(4, 40, 7).map((row, i) => row.map((x, k) => (k % 4 === i ? x : x / 100)));
    compareOn({ embeddings: rows });
  });
  it("of more rows than a tile holds", { tags: ["long"] }, () => {
    const rows = normalRows(2200, 3, 8);
    const evaluation = new GlobalOrthogonalRegularizationLoss().evaluate(rows, null);
    expectTwinAlongSlope(evaluation, rows, null, (moved) => plainColumn(moved, usual));
  });
});

for (const distance of [usual.distance, new DotProductSimilarity({ normalizeEmbeddings: false }), new LpDistance()])
  describeHostileInputs(
    `GlobalOrthogonalRegularizationLoss with ${distance.name}`,
    (options) => new GlobalOrthogonalRegularizationLoss({ ...options, distance }),
    (loss, embeddings) => loss.evaluate(embeddings, null, { reference: embeddings, negatives: [embeddings] }),
  );

describe("GlobalOrthogonalRegularizationLoss", () => {
  const columns = placedColumns(3, 5, 4, 9);

  it("tells its two parts, whose sum it is whatever the reducer", () => {
    const of = (reducer: (typeof allReducers)[number]): number =>
      new GlobalOrthogonalRegularizationLoss({ reducer }).evaluate(columns.embeddings, null, columnsOf(columns)).value;
    for (const reducer of allReducers) expect(of(reducer)).toBe(of(allReducers[0]));
  });

  it("costs nothing for a single row, which is alone, and for no row", () => {
    for (const rows of [[[1, 2]], []]) {
      const { value, gradients } = new GlobalOrthogonalRegularizationLoss({ whenSilent: "ignore" }).evaluate(
        rows,
        null,
      );
      expect([value, gradients.embeddings.data.every((slope) => slope === 0)]).toEqual([0, true]);
    }
  });

  it("freezes all columns of documents with learnReference false", () => {
    const loss = new GlobalOrthogonalRegularizationLoss();
    const all = loss.evaluate(columns.embeddings, null, columnsOf(columns));
    const { value, gradients } = loss.evaluate(columns.embeddings, null, {
      ...columnsOf(columns),
      learnReference: false,
    });
    expect(value).toBe(all.value);
    expect(Object.keys(gradients)).toEqual(["embeddings", "parameters"]);
  });

  it("refuses two weights of 0, and columns of another length", () => {
    expect(() => new GlobalOrthogonalRegularizationLoss({ meanWeight: 0, secondMomentWeight: 0 })).toThrow(
      "meanWeight and secondMomentWeight are both 0; give one of them a weight",
    );
    expect(() => new GlobalOrthogonalRegularizationLoss().evaluate([[1, 0]], null, { reference: threeRows })).toThrow(
      "reference has 3 rows, embeddings has 1",
    );
  });
});

it("GlobalOrthogonalRegularizationLoss of unit vectors can be checked by hand", () => {
  const { value } = new GlobalOrthogonalRegularizationLoss().evaluate(threeRows, null);
  // cosines 0.6, 0 and 0.8: their mean, and the mean of their squares above that of a circle, a half
  expect(value).toBeCloseTo((1.4 / 3) ** 2 + Math.max(0, 1 / 3 - 1 / 2), 6);
});
