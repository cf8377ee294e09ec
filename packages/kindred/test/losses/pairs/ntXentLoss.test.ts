import { expect, it } from "vitest";
import { NTXentLoss } from "../../../src/index.ts";
import { softplus, threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfPairs } from "../../support/plain.ts";

describeLossContract("NTXentLoss", {
  make: (options) => new NTXentLoss({ temperature: 0.3, ...options }),
  twin: ({ distances, isInverted, positives, negatives }) => {
    const e = (x: number): number => Math.exp(((isInverted ? 1 : -1) * x) / 0.3);
    return {
      loss: {
        kind: "pos_pair",
        items: itemsOfPairs(positives, (a, p) => {
          const others = negatives.filter(([b]) => b === a).map(([, n]) => e(distances[a][n]));
          return -Math.log(e(distances[a][p]) / (e(distances[a][p]) + others.reduce((sum, x) => sum + x, 0)));
        }),
      },
    };
  },
});

describeHostileInputs("NTXentLoss", (options) => new NTXentLoss(options));

it("NTXentLoss of unit vectors can be checked by hand", () => {
  // two positive pairs, each against one negative
  const { value } = new NTXentLoss({ temperature: 1 }).evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo((softplus(0 - 0.6) + softplus(0.8 - 0.6)) / 2, 5);
});
