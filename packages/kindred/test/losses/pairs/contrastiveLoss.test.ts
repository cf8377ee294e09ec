import { expect, it } from "vitest";
import { ContrastiveLoss } from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfPairs } from "../../support/plain.ts";

describeLossContract("ContrastiveLoss", {
  make: (options) => new ContrastiveLoss({ posMargin: 0.2, negMargin: 1.1, ...options }),
  twin: ({ distances, isInverted, positives, negatives }) => {
    const away = isInverted ? -1 : 1;
    return {
      posLoss: {
        kind: "pos_pair",
        items: itemsOfPairs(positives, (a, p) => Math.max(0, away * (distances[a][p] - 0.2))),
      },
      negLoss: {
        kind: "neg_pair",
        items: itemsOfPairs(negatives, (a, n) => Math.max(0, away * (1.1 - distances[a][n]))),
      },
    };
  },
});

describeHostileInputs("ContrastiveLoss", (options) => new ContrastiveLoss(options));

it("ContrastiveLoss of unit vectors can be checked by hand", () => {
  // one distance of positives, sqrt 0.8; of the negatives only sqrt 0.4 is below the margin 1
  const { value } = new ContrastiveLoss().evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(Math.sqrt(0.8) + 1 - Math.sqrt(0.4), 5);
});
