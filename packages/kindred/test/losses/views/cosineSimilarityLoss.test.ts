import { describe, expect, it } from "vitest";
import { CosineSimilarityLoss, type CosineSimilarityLossOptions } from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describePlacedLoss, plainSimilarities } from "../../support/byPlace.ts";
import { normalRows } from "../../support/twin.ts";

const transformations = {
  identity: (x: number) => x,
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  relu: (x: number) => Math.max(0, x),
  tanh: Math.tanh,
};
const errors = {
  squared: (e: number) => e ** 2,
  absolute: Math.abs,
  smooth: (e: number) => (Math.abs(e) < 1 ? e ** 2 / 2 : Math.abs(e) - 0.5),
};
// some errors are beyond 1, where the smooth one changes
const scores = [0.9, -0.3, 2, 0.1, -1.5, 0.6];
const scoresOf = (rows: number): number[] => Array.from({ length: rows }, (_, i) => scores[i]);

for (const transformation of ["identity", "sigmoid", "relu", "tanh"] as const)
  for (const error of ["squared", "absolute", "smooth"] as const)
    describePlacedLoss(`CosineSimilarityLoss of the ${error} error of ${transformation}`, {
      make: (options) => new CosineSimilarityLoss({ ...options, transformation, error }),
      columns: 2,
      call: (loss, embeddings, columns) => loss.evaluate(embeddings, scoresOf(embeddings.rows), columns),
      items: ({ embeddings, reference }) =>
        embeddings.map((x, i) => {
          const cosine = plainSimilarities.cosine(x, reference![i]);
          return errors[error](transformations[transformation](cosine) - scores[i]);
        }),
    });

describe("CosineSimilarityLoss", () => {
  it("has no slope where the error is 0, nor below 0 with relu", () => {
    const [x] = threeRows;
    const slopes = (options: CosineSimilarityLossOptions, score: number, y: number[]): number[] =>
      Array.from(
        new CosineSimilarityLoss({ ...options, whenSilent: "ignore" }).evaluate([x], [score], { reference: [y] })
          .gradients.embeddings.data,
        Math.abs,
      );
    expect(slopes({ error: "absolute" }, 1, x)).toEqual([0, 0]);
    expect(slopes({ transformation: "relu" }, 0.5, [-0.6, 0.8])).toEqual([0, 0]);
  });

  it("says what it was given in place of scores", () => {
    const rows = normalRows(3, 4, 1);
    const loss = new CosineSimilarityLoss();
    expect(() => loss.evaluate(rows, [1, 2], { reference: rows })).toThrow(
      "scores has 2 entries for 3 rows; give one a row",
    );
    expect(() => loss.evaluate(rows, null as never, { reference: rows })).toThrow("CosineSimilarityLoss needs scores");
    expect(() => new CosineSimilarityLoss({ error: "cubed" as "squared" })).toThrow(
      /error is "cubed"; give one of "squared", "absolute", "smooth"/,
    );
  });
});

it("CosineSimilarityLoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const { value, report } = new CosineSimilarityLoss().evaluate([x, x], [1, 0.5], { reference: [y, x] });
  // cosines of 0.6 and 1 for scores of 1 and 0.5
  expect(value).toBeCloseTo((0.4 ** 2 + 0.5 ** 2) / 2, 6);
  expect(report).toMatchObject({ status: "learning", anchors: 2, items: 2, activeItems: 2 });
});
