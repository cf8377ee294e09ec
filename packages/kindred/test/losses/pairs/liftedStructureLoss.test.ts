import { describe, expect, it } from "vitest";
import { CosineSimilarity, LiftedStructureLoss } from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { plainLiftedItems } from "../../support/liftedStructure.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

describeLossContract("LiftedStructureLoss", {
  make: (options) => new LiftedStructureLoss({ posMargin: 0.2, negMargin: 0.7, ...options }),
  twin: (batch) => ({ loss: { kind: "pos_pair", items: plainLiftedItems(batch, { posMargin: 0.2, negMargin: 0.7 }) } }),
});

describeHostileInputs("LiftedStructureLoss", (options) => new LiftedStructureLoss(options));

describe("LiftedStructureLoss", () => {
  it("counts the negatives at both ends of a positive pair when a reference is given", () => {
    const loss = new LiftedStructureLoss({ distance: new CosineSimilarity(), negMargin: 0, posMargin: 1 });
    const { value } = loss.evaluate(
      [
        [1, 0],
        [0, 1],
      ],
      ["a", "b"],
      {
        reference: [
          [1, 0],
          [-1, 0],
        ],
        referenceLabels: ["a", "c"],
      },
    );
    // the pair (0, 0) at similarity 1; negatives: (0, 1) at -1 and, at the reference's end, (1, 0) at 0
    expect(value).toBeCloseTo(Math.max(0, Math.log(Math.exp(-1) + Math.exp(0))) ** 2 / 2, 6);
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    const loss = new LiftedStructureLoss({ distance: new CosineSimilarity(), negMargin: 0, posMargin: 1 });
    expectTrueAcrossTiles(loss, (similarity, labels) => {
      const n = labels.length;
      const sums = new Float64Array(n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) if (labels[i] !== labels[j]) sums[i] += Math.exp(similarity(i, j));
      let [total, count] = [0, 0];
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          if (i === j || labels[i] !== labels[j]) continue;
          total += Math.max(0, Math.log(sums[i] + sums[j]) + 1 - similarity(i, j)) ** 2 / 2;
          count++;
        }
      }
      return total / count;
    });
  });
});
