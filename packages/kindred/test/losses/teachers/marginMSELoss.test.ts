import { describe, expect, it } from "vitest";
import { MarginMSELoss, Random } from "../../../src/index.ts";
import { similarityNames } from "../../../src/losses/items/pairSimilarity.ts";
import { threeRows } from "../../support/byHand.ts";
import { columnsOf, describePlacedLoss, placedColumns, plainSimilarities } from "../../support/byPlace.ts";
import { fromRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const random = new Random(1);
const scores: Rows = Array.from({ length: 6 }, () => [0, 1, 2].map(() => Math.fround(3 * random.normal())));
const differences = scores.map(([positive, ...others]) => others.map((score) => Math.fround(positive - score)));

for (const [kind, teacherScores] of [
  ["scores", scores],
  ["differences", differences],
] as const)
  // prettier-ignore
  for (const similarity of similarityNames)
    describePlacedLoss(`MarginMSELoss of a teacher's ${kind}, ${similarity}`, {
      make: (options) => new MarginMSELoss({ ...options, similarity }),
      columns: 4,
      call: (loss, embeddings, columns) =>
        loss.evaluate(embeddings, null, {
          ...columns,
          teacherScores: fromRows(teacherScores.slice(0, embeddings.rows), teacherScores[0].length),
        } as object),
      items: ({ embeddings, reference, negatives0, negatives1 }) =>
        embeddings.map((q, i) => {
          const like = plainSimilarities[similarity];
          const errors = [negatives0!, negatives1!].map(
            (column, k) => like(q, reference![i]) - like(q, column[i]) - differences[i][k],
          );
          return (errors[0] ** 2 + errors[1] ** 2) / 2;
        }),
    });

describe("MarginMSELoss", () => {
  const columns = placedColumns(4, 3, 4, 5);
  const evaluate = (teacherScores: Rows): unknown =>
    new MarginMSELoss().evaluate(columns.embeddings, null, { ...columnsOf(columns), teacherScores });

  it("learns nothing from a student that agrees with its teacher", () => {
    const rows = normalRows(3, 4, 6);
    const given = { reference: rows, negatives: [rows], teacherScores: [[0], [0], [0]] };
    const { value, report } = new MarginMSELoss({ whenSilent: "ignore" }).evaluate(columns.embeddings, null, given);
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("refuses scores that are neither one a candidate nor one a negative", () => {
    expect(() => evaluate([[1], [2], [3]])).toThrow(
      "teacherScores has 1 columns; for 2 of negatives give 3, a score a candidate, or 2, by how much the positive is ahead of each",
    );
    expect(() => evaluate([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]])).toThrow(/has 4 columns/); // prettier-ignore
    expect(() => evaluate([[1, 2], [3, 4]])).toThrow("teacherScores has 2 rows, embeddings has 3"); // prettier-ignore
    expect(() =>
      evaluate([
        [1, 2],
        [3, -Infinity],
        [5, 6],
      ]),
    ).toThrow(
      // prettier-ignore
      "teacherScores holds -Infinity at row 1, column 1; MarginMSELoss needs finite differences",
    );
    expect(() => evaluate([[1, 2], [3, NaN], [5, 6]])).toThrow("teacherScores holds NaN at row 1, column 1"); // prettier-ignore
    const [reference] = columnsOf(columns).negatives;
    expect(() =>
      new MarginMSELoss().evaluate(columns.embeddings, null, { reference, teacherScores: [[1], [2], [3]] } as never),
    ).toThrow("MarginMSELoss needs negatives; give a list of matrices");
  });
});

it("MarginMSELoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const loss = new MarginMSELoss();
  // x.y is 0.6 and x.z 0: the teacher is sure by 1.1
  const given = { reference: [y], negatives: [[z]] };
  expect(loss.evaluate([x], null, { ...given, teacherScores: [[1.1]] }).value).toBeCloseTo(0.5 ** 2, 6);
  expect(loss.evaluate([x], null, { ...given, teacherScores: [[2.1, 1]] }).value).toBeCloseTo(0.5 ** 2, 6);
});
