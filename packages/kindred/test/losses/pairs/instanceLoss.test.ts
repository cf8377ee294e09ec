import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  InstanceLoss,
  LpDistance,
  prepareBatch,
  type InstanceLossOptions,
  type Label,
} from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows } from "../../support/plain.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

describeLossContract("InstanceLoss", {
  make: (options) => new InstanceLoss({ gamma: 5, ...options } as InstanceLossOptions),
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

describeHostileInputs("InstanceLoss", (options) => new InstanceLoss(options as InstanceLossOptions));

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

  it("finds its targets where a shared batch stands in the order of its classes", () => {
    const { rows, labels } = scene({ n: 11, d: 4, seed: 9 });
    const batch = prepareBatch(fromRows(rows), labels);
    const loss = new InstanceLoss({ gamma: 5 });
    const given = loss.evaluate(fromRows(rows), labels);
    const shared = batch.share(() => loss.evaluate(batch, labels));
    expect(shared.value).toBeCloseTo(given.value, 6);
    given.gradients.embeddings.data.forEach((slope, k) => {
      expect(shared.gradients.embeddings.data[k]).toBeCloseTo(slope, 6);
    });
    const items = new InstanceLoss({ gamma: 5, reducer: new DoNothingReducer() });
    expect(batch.share(() => items.evaluate(batch, labels)).subLosses!.loss.indices).toEqual(
      items.evaluate(fromRows(rows), labels).subLosses!.loss.indices,
    );
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
    expect(() => new InstanceLoss({ distance: new LpDistance() as never })).toThrow(/works on CosineSimilarity alone/);
    const loss = new InstanceLoss();
    expect(() => loss.evaluate(rows, null as never)).toThrow(/^InstanceLoss needs labels/);
    expect(() => loss.evaluate(rows, [0, 0, 1], { reference: rows, referenceLabels: [0, 0, 1] } as never)).toThrow(
      /^InstanceLoss compares the batch with itself/,
    );
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(rows, [0, 0, 1], { tuples } as never)).toThrow(
      /^InstanceLoss takes no tuples, whatever pairs they name; leave them out/,
    );
  });
});
