import { expect, it } from "vitest";
import { MultiSimilarityLoss } from "../../../src/index.ts";
import { softplus, threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfAnchors } from "../../support/plain.ts";

describeLossContract("MultiSimilarityLoss", {
  make: (options) => new MultiSimilarityLoss({ alpha: 3, beta: 7, base: 0.4, ...options }),
  twin: ({ distances, isInverted, positives, negatives }) => ({
    loss: {
      kind: "element",
      items: itemsOfAnchors(distances, positives, negatives, (mine, others) => {
        const sign = isInverted ? 1 : -1;
        const sum = (terms: number[]): number => terms.reduce((total, x) => total + x, 0);
        const positive = sum(mine.map(({ value }) => Math.exp(-sign * 3 * (value - 0.4))));
        const negative = sum(others.map(({ value }) => Math.exp(sign * 7 * (value - 0.4))));
        return Math.log(1 + positive) / 3 + Math.log(1 + negative) / 7;
      }),
    },
  }),
});

describeHostileInputs("MultiSimilarityLoss", (options) => new MultiSimilarityLoss(options));

it("MultiSimilarityLoss of unit vectors can be checked by hand", () => {
  const loss = new MultiSimilarityLoss({ alpha: 1, beta: 1, base: 0 });
  const { value } = loss.evaluate(threeRows, threeLabels);
  const items = [
    softplus(-0.6) + softplus(0), // positive at 0.6, negative at 0
    softplus(-0.6) + softplus(0.8),
    Math.log(1 + Math.exp(0) + Math.exp(0.8)), // negatives alone
  ];
  expect(value).toBeCloseTo((items[0] + items[1] + items[2]) / 3, 5);
});
