import { expect, it } from "vitest";
import { SupConLoss } from "../../../src/index.ts";
import { softplus, threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfAnchors } from "../../support/plain.ts";

describeLossContract("SupConLoss", {
  make: (options) => new SupConLoss({ temperature: 0.4, ...options }),
  twin: ({ distances, isInverted, positives, negatives }) => ({
    loss: {
      kind: "element",
      items: itemsOfAnchors(distances, positives, negatives, (mine, others) => {
        const s = (x: number): number => ((isInverted ? 1 : -1) * x) / 0.4;
        const all = new Map([...mine, ...others].map(({ other, value }) => [other, s(value)]));
        if (mine.length === 0 || all.size === 1) return 0;
        const log = Math.log([...all.values()].reduce((sum, x) => sum + Math.exp(x), 0));
        return mine.reduce((sum, { value }) => sum + log - s(value), 0) / mine.length;
      }),
    },
  }),
});

describeHostileInputs("SupConLoss", (options) => new SupConLoss(options));

it("SupConLoss of unit vectors can be checked by hand", () => {
  // an anchor has one positive and one negative; the third has no positive and loss 0
  const { value } = new SupConLoss({ temperature: 1 }).evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo((softplus(0 - 0.6) + softplus(0.8 - 0.6)) / 2, 5);
});
