import { expect, it } from "vitest";
import { AnglELoss, CoSENTLoss } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { plainSimilarities } from "../../support/byPlace.ts";
import { describeGradedLoss } from "../../support/graded.ts";
import { normalRows } from "../../support/twin.ts";

describeGradedLoss("CoSENTLoss", {
  make: (options) => new CoSENTLoss(options),
  similarity: (x, y) => x.reduce((sum, v, k) => sum + v * y[k], 0) / (Math.hypot(...x) * Math.hypot(...y)),
});

for (const similarity of ["dot", "euclidean", "manhattan", "angle"] as const)
  describeGradedLoss(`CoSENTLoss`, {
    make: (options) => new CoSENTLoss({ ...options, similarity }),
    similarity: plainSimilarities[similarity],
  });

it("CoSENTLoss compares angles as AnglELoss does", () => {
  const [x, y] = [normalRows(5, 6, 1), normalRows(5, 6, 2)];
  const scores = [1, 2, 3, 4, 5];
  const { value } = new CoSENTLoss({ similarity: "angle" }).evaluate(x, scores, { reference: y });
  expect(value).toBe(new AnglELoss().evaluate(x, scores, { reference: y }).value);
});

it("CoSENTLoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const { value } = new CoSENTLoss({ scale: 1 }).evaluate([x, x], [1, 0], { reference: [y, [0.8, 0.6]] });
  // the pair of the higher score has the cosine 0.6, the other 0.8
  expect(value).toBeCloseTo(softplus(0.8 - 0.6), 5);
});
