import { describe, expect, it } from "vitest";
import { EmbeddingDistillLoss, Random, SumReducer, type EmbeddingDistillLossOptions } from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import {
  columnsOf,
  describePlacedLoss,
  placedColumns,
  plainSimilarities,
  type PlacedColumns,
} from "../../support/byPlace.ts";
import { fromRows, toRows, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const metrics = ["cosine", "mse", "l2"] as const;

function plainDistance(metric: (typeof metrics)[number], x: number[], t: number[]): number {
  const squares = x.reduce((sum, entry, k) => sum + (entry - t[k]) ** 2, 0);
  if (metric === "mse") return squares / x.length;
  return metric === "l2" ? Math.sqrt(squares) : 1 - plainSimilarities.cosine(x, t);
}

/** One item a row, of columns that may be projected first. */
function plainItems(
  columns: PlacedColumns,
  teacher: readonly Rows[],
  metric: (typeof metrics)[number],
  project: (x: number[]) => number[] = (x) => x,
): number[] {
  const { embeddings, reference, negatives0, negatives1 } = columns;
  const all = [embeddings, reference, negatives0, negatives1].filter((column) => column !== undefined);
  return embeddings.map((_, i) =>
    all.reduce((sum, column, c) => {
      const taught = teacher[teacher.length === 1 ? 0 : c][i];
      return sum + plainDistance(metric, project(column[i]), taught) / all.length;
    }, 0),
  );
}

const taught = [1, 2, 3, 4].map((seed) => normalRows(6, 4, 50 + seed));
const teachersOf = (count: number, rows: number) =>
  taught.slice(0, count).map((column) => fromRows(column.slice(0, rows), 4));

for (const metric of metrics)
  for (const [columns, teachers] of [
    [1, 1],
    [2, 1],
    [2, 2],
    [4, 4],
  ] as const)
    // prettier-ignore
    describePlacedLoss(`EmbeddingDistillLoss of ${columns} columns and ${teachers} teachers, ${metric}`, {
      make: (options) => new EmbeddingDistillLoss({ ...options, metric }),
      columns,
      call: (loss, embeddings, given) =>
        loss.evaluate(embeddings, null, { ...given, teacher: teachersOf(teachers, embeddings.rows) } as object),
      items: (given) => plainItems(given, taught.slice(0, teachers), metric),
    });

describe("EmbeddingDistillLoss with a projection", () => {
  for (const metric of metrics)
    for (const columns of [1, 3] as const)
      it(`has the slopes of ${columns} columns, weight and bias, ${metric}`, () => {
        const given = placedColumns(columns, 6, 3, 9);
        const teacher = taught.slice(0, columns);
        const loss = new EmbeddingDistillLoss({
          metric,
          embeddingSize: 3,
          teacherSize: 4,
          seed: 2,
          reducer: new SumReducer(),
        });
        const inputs = { ...given, weight: toRows(loss.parameters.weight), bias: toRows(loss.parameters.bias) };
        const evaluation = loss.evaluate(given.embeddings, null, { ...columnsOf(given), teacher });
        expectTwin(evaluation, inputs, ({ weight, bias, ...moved }) => {
          const project = (x: number[]): number[] =>
            weight.map((row, j) => row.reduce((sum, w, k) => sum + w * x[k], bias[0][j]));
          return plainItems(moved as PlacedColumns, teacher, metric, project).reduce((sum, item) => sum + item, 0);
        });
      });

  it("is drawn from its seed and saved with it", () => {
    const options = { embeddingSize: 3, teacherSize: 4 };
    const [one, same, other] = [0, 0, 1].map((seed) => new EmbeddingDistillLoss({ ...options, seed }));
    expect(one.parameters).toEqual(same.parameters);
    expect(one.parameters).not.toEqual(other.parameters);
    other.load(structuredClone(one.state()));
    expect(other.parameters).toEqual(one.parameters);
    expect(one.parameters.weight).toMatchObject({ rows: 4, cols: 3 });
    expect(one.parameters.bias).toMatchObject({ rows: 1, cols: 4 });
  });
});

describe("EmbeddingDistillLoss", () => {
  const rows = normalRows(3, 4, 1);
  const make = (options: EmbeddingDistillLossOptions = {}): EmbeddingDistillLoss =>
    new EmbeddingDistillLoss({ whenSilent: "ignore", ...options });

  it("has no slope where the teacher is met, nor at a zero vector's cosine", () => {
    for (const metric of metrics) {
      const { value, gradients } = make({ metric }).evaluate(rows, null, { teacher: [rows] });
      expect(value).toBeCloseTo(0, 10);
      expect(Math.max(...gradients.embeddings.data.map(Math.abs))).toBeLessThan(1e-7);
    }
    const zero = [[0, 0, 0, 0]];
    for (const [student, teacher] of [
      [zero, [rows[0]]],
      [[rows[0]], zero],
    ]) {
      // prettier-ignore
      const { value, gradients } = make().evaluate(student, null, { teacher: [teacher] });
      expect(value).toBe(1);
      expect(Array.from(gradients.embeddings.data, Math.abs)).toEqual([0, 0, 0, 0]);
    }
  });

  it("is a mean over all numbers with mse, as a mean squared error is", () => {
    const random = new Random(3);
    const [x, t] = [0, 1].map(() => fromRows(Array.from({ length: 5 }, () => [random.normal(), random.normal()])));
    const squares = Array.from(x.data, (entry, k) => (entry - t.data[k]) ** 2);
    expect(make({ metric: "mse" }).evaluate(x, null, { teacher: [t] }).value).toBeCloseTo(
      squares.reduce((sum, square) => sum + square, 0) / squares.length,
      6,
    );
  });

  it("refuses teachers that do not fit, and half a projection", () => {
    const wide = normalRows(3, 7, 2);
    expect(() => make().evaluate(rows, null, { teacher: [wide] })).toThrow(
      "teacher[0] has 7 columns, embeddings has 4; give embeddingSize and teacherSize to learn a projection",
    );
    expect(() => make({ embeddingSize: 4, teacherSize: 6 }).evaluate(rows, null, { teacher: [wide] })).toThrow(
      "teacher[0] has 7 columns, teacherSize is 6; both must be as wide",
    );
    expect(() => make({ embeddingSize: 5, teacherSize: 7 }).evaluate(rows, null, { teacher: [wide] })).toThrow(
      "embeddings has 4 columns; EmbeddingDistillLoss was made for 5",
    );
    expect(() => make({ teacherSize: 7 })).toThrow(
      "embeddingSize is null and teacherSize is 7; give both for a learned projection, or neither",
    );
    expect(() => make().evaluate(rows, null, { reference: rows, teacher: [rows, rows, rows] })).toThrow(
      "teacher has 3 matrices for 2 columns; give one for all of them, or one for each",
    );
    expect(() => make({ metric: "dot" as "l2" })).toThrow(/metric is "dot"; give one of "cosine", "mse", "l2"/);
  });
});

it("EmbeddingDistillLoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const of = (metric: "cosine" | "mse" | "l2"): number =>
    new EmbeddingDistillLoss({ metric }).evaluate([x], null, { teacher: [[y]] }).value;
  // a cosine of 0.6, and differences of 0.4 and 0.8
  expect(of("cosine")).toBeCloseTo(0.4, 6);
  expect(of("mse")).toBeCloseTo(0.8 / 2, 6);
  expect(of("l2")).toBeCloseTo(Math.sqrt(0.8), 6);
});
