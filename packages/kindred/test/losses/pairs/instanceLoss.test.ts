import { describe, expect, it } from "vitest";
import { CosineSimilarity, InstanceLoss, LpDistance, type Label } from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

describeLossContract("InstanceLoss", {
  make: (options) => new InstanceLoss({ gamma: 5, ...options }),
  distances: [new CosineSimilarity(), new CosineSimilarity({ power: 2 })],
  takesReference: false,
  takesTuples: "none",
  twin: ({ distances, labels }) => {
    const sorted = [...new Set(labels)].sort();
    return {
      loss: {
        kind: "element",
        items: distances.map((row, anchor) => ({
          anchor,
          loss: Math.log(row.reduce((sum, s) => sum + Math.exp(5 * s), 0)) - 5 * row[sorted.indexOf(labels[anchor])],
        })),
      },
    };
  },
});

describeHostileInputs("InstanceLoss", (options) => new InstanceLoss(options));

describe("InstanceLoss", () => {
  const rows = [
    [1, 0],
    [0, 1],
    [-1, 0],
  ];

  it("takes labels in the order of their values, not of their appearance", () => {
    const loss = new InstanceLoss({ gamma: 1 });
    const total = Math.log(Math.exp(1) + Math.exp(0) + Math.exp(-1));
    const middle = Math.log(2 * Math.exp(0) + Math.exp(1));
    // targets 2, 0, 1; then 0, 1, 2
    for (const labels of [
      [10, 2, 9],
      ["c", "a", "b"],
      [10n, 2, 9n],
      ["z", 1, true],
    ] satisfies Label[][])
      expect(loss.evaluate(rows, labels).value).toBeCloseTo((total + 1 + middle + total) / 3, 6);
    expect(loss.evaluate(rows, [-1, 2, 10]).value).toBeCloseTo((total + middle + total - 3) / 3, 6);
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    expectTrueAcrossTiles(new InstanceLoss({ gamma: 2 }), (similarity, labels) => {
      let total = 0;
      labels.forEach((label, i) => {
        let sum = 0;
        for (let j = 0; j < labels.length; j++) sum += Math.exp(2 * similarity(i, j));
        total += Math.log(sum) - 2 * similarity(i, label);
      });
      return total / labels.length;
    });
  });

  it("refuses other distances, tuples, a reference and missing labels", () => {
    expect(() => new InstanceLoss({ distance: new LpDistance() })).toThrow(/works on CosineSimilarity alone/);
    const loss = new InstanceLoss();
    expect(() => loss.evaluate(rows, null)).toThrow(/^InstanceLoss needs labels/);
    expect(() => loss.evaluate(rows, [0, 0, 1], { reference: rows, referenceLabels: [0, 0, 1] })).toThrow(
      /^InstanceLoss compares the batch with itself/,
    );
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(rows, [0, 0, 1], { tuples })).toThrow(/^InstanceLoss takes all pairs/);
  });
});
