import { expect, it } from "vitest";
import { CoSENTLoss } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeGradedLoss } from "../../support/graded.ts";

describeGradedLoss("CoSENTLoss", {
  make: (options) => new CoSENTLoss(options),
  similarity: (x, y) => x.reduce((sum, v, k) => sum + v * y[k], 0) / (Math.hypot(...x) * Math.hypot(...y)),
});

it("CoSENTLoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const { value } = new CoSENTLoss({ scale: 1 }).evaluate([x, x], [1, 0], { reference: [y, [0.8, 0.6]] });
  // the pair of the higher score has the cosine 0.6, the other 0.8
  expect(value).toBeCloseTo(softplus(0.8 - 0.6), 5);
});
