import { expect, it } from "vitest";
import { pairSimilarities, similarityNames } from "../../../src/losses/items/pairSimilarity.ts";
import { RowSimilarities } from "../../../src/losses/items/rowSimilarities.ts";
import { plainSimilarities } from "../../support/byPlace.ts";
import { fromRows, numericSlope, toRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const columns = [1, 2, 3].map((seed) => normalRows(4, 5, seed));
const batchOf = ([embeddings, reference, ...negatives]: Rows[]): ConstructorParameters<typeof RowSimilarities>[0] => ({
  embeddings: fromRows(embeddings),
  reference: fromRows(reference),
  negatives: negatives.map((rows) => fromRows(rows)),
});

it.each(similarityNames)("compares each row with its candidates by %s, candidate after candidate", (name) => {
  const rows = new RowSimilarities(batchOf(columns), pairSimilarities[name]);
  const plain = columns[0].flatMap((x, i) => [1, 2].map((c) => plainSimilarities[name](x, columns[c][i])));
  expect(rows.candidates).toBe(2);
  plain.forEach((value, at) => expect(rows.values()[at]).toBeCloseTo(value, 6));
});

it.each(similarityNames)("adds up what all candidates pull at a row by %s", (name) => {
  const weights = Float64Array.from({ length: 8 }, (_, at) => at - 3.5);
  const sum = ([x, ...others]: Rows[]): number =>
    x.reduce(
      (total, row, i) =>
        others.reduce((part, other, k) => part + weights[i * 2 + k] * plainSimilarities[name](row, other[i]), total),
      0,
    );
  const { embeddings, reference, negatives } = new RowSimilarities(batchOf(columns), pairSimilarities[name]).pull(
    weights,
  );
  [embeddings, reference, negatives![0]].forEach((slopes, c) => {
    const expected = numericSlope(columns[c], (moved) => sum(columns.map((rows, k) => (k === c ? moved : rows))));
    toRows(slopes).forEach((row, i) => row.forEach((slope, k) => expect(slope).toBeCloseTo(expected[i][k], 4)));
  });
});

it("has no columns of negatives where there are none, and nothing of no rows", () => {
  const rows = new RowSimilarities(batchOf([[], []]), pairSimilarities.cosine);
  expect(rows.values()).toHaveLength(0);
  expect(rows.pull(new Float64Array(0))).not.toHaveProperty("negatives");
});
