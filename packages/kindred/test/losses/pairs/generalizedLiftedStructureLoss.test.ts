import { describe, expect, it } from "vitest";
import { GeneralizedLiftedStructureLoss } from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfAnchors } from "../../support/plain.ts";

const logSum = (terms: number[]): number => Math.log(terms.reduce((sum, x) => sum + Math.exp(x), 0));

describeLossContract("GeneralizedLiftedStructureLoss", {
  make: (options) => new GeneralizedLiftedStructureLoss({ posMargin: 0.3, negMargin: 0.6, ...options }),
  twin: ({ distances, isInverted, positives, negatives }) => ({
    loss: {
      kind: "element",
      items: itemsOfAnchors(distances, positives, negatives, (mine, others) => {
        const away = isInverted ? -1 : 1;
        const far = mine.length === 0 ? 0 : logSum(mine.map(({ value }) => away * (value - 0.3)));
        const near = others.length === 0 ? 0 : logSum(others.map(({ value }) => away * (0.6 - value)));
        return Math.max(0, far + near);
      }),
    },
  }),
});

describeHostileInputs("GeneralizedLiftedStructureLoss", (options) => new GeneralizedLiftedStructureLoss(options));

describe("GeneralizedLiftedStructureLoss", () => {
  it("learns from one class, and from singletons", () => {
    const loss = new GeneralizedLiftedStructureLoss({ whenSilent: "throw" });
    const rows = [
      [1, 0],
      [0, 1],
      [0.6, 0.8],
    ];
    expect(loss.evaluate(rows, [0, 0, 0]).report.activeItems).toBe(3);
    expect(loss.evaluate(rows, [0, 1, 2]).report.activeItems).toBe(3);
  });

  it("is without slope where the sum of the logarithms is below 0", () => {
    const loss = new GeneralizedLiftedStructureLoss({ whenSilent: "ignore", negMargin: 0, posMargin: 1 });
    const { value, gradients, report } = loss.evaluate(
      [
        [1, 0],
        [0.99, 0.1],
        [-1, 0],
        [-0.99, 0.1],
      ],
      [0, 0, 1, 1],
    );
    expect(value).toBe(0);
    expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
    expect(report.status).toBe("all-satisfied");
  });
});

it("GeneralizedLiftedStructureLoss of unit vectors can be checked by hand", () => {
  const { value } = new GeneralizedLiftedStructureLoss().evaluate(threeRows, threeLabels);
  const positive = Math.sqrt(0.8);
  const items = [
    positive + 1 - Math.sqrt(2),
    positive + 1 - Math.sqrt(0.4),
    Math.log(Math.exp(1 - Math.sqrt(2)) + Math.exp(1 - Math.sqrt(0.4))), // no positive counts as 0
  ];
  expect(value).toBeCloseTo((items[0] + items[1] + items[2]) / 3, 5);
});
