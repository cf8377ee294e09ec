import { expect, it } from "vitest";
import { PairFeatures } from "../../../src/losses/items/pairFeatures.ts";
import { fromRows, numericSlope, toRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const all = { rows: true, difference: true, product: true };

it("puts both rows, the sizes of their differences and their products side by side", () => {
  const { matrix } = new PairFeatures(fromRows([[1, 2]]), fromRows([[3, -1]]), all);
  expect(toRows(matrix)).toEqual([[1, 2, 3, -1, 2, 3, 3, -2]]);
});

it("keeps the parts that are asked for, in their order", () => {
  const of = (parts: object): Rows =>
    toRows(new PairFeatures(fromRows([[1, 2]]), fromRows([[3, -1]]), { ...all, ...parts }).matrix);
  expect(of({ rows: false })).toEqual([[2, 3, 3, -2]]);
  expect(of({ difference: false, product: false })).toEqual([[1, 2, 3, -1]]);
});

it("pulls slopes back to both matrices, 0 through the difference of equal coordinates", () => {
  const [one, other] = [normalRows(3, 2, 1), normalRows(3, 2, 2)];
  const cotangent = normalRows(3, 8, 3);
  const sum = (u: Rows, v: Rows): number =>
    u.reduce((total, row, i) => {
      const features = [
        ...row,
        ...v[i],
        ...row.map((x, k) => Math.abs(x - v[i][k])),
        ...row.map((x, k) => x * v[i][k]),
      ];
      return features.reduce((part, feature, k) => part + feature * cotangent[i][k], total);
    }, 0);
  const { embeddings, reference } = new PairFeatures(fromRows(one), fromRows(other), all).pull(fromRows(cotangent));
  const expected = [numericSlope(one, (moved) => sum(moved, other)), numericSlope(other, (moved) => sum(one, moved))];
  [embeddings, reference].forEach((slopes, s) =>
    toRows(slopes).forEach((row, i) => row.forEach((slope, k) => expect(slope).toBeCloseTo(expected[s][i][k], 5))),
  );
  const equal = fromRows([[2]]);
  const still = new PairFeatures(equal, equal, { rows: false, difference: true, product: false }).pull(fromRows([[5]]));
  expect([still.embeddings.data[0], still.reference.data[0]]).toEqual([0, 0]);
});
