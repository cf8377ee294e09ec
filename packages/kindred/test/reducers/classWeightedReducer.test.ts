import { describe, expect, it } from "vitest";
import { ClassWeightedReducer, type Label } from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

const weights = new Map<Label, number>([
  ["a", 0.5],
  ["b", 2],
  ["c", 0],
  ["d", 0.75],
]);

describeReducer("ClassWeightedReducer", { make: () => new ClassWeightedReducer({ weights }) });

describe("ClassWeightedReducer", () => {
  const valueOf = (weights: ArrayLike<number> | ReadonlyMap<Label, number>, labels: Label[]): number => {
    const reduction = new ClassWeightedReducer({ weights }).begin({ kind: "element", labels });
    labels.forEach((_, anchor) => reduction.weighOne(anchor, 1));
    return reduction.result().value;
  };

  it("divides by the number of items, not by their weights", () => {
    expect(valueOf(weights, ["a", "b"])).toBe(1.25);
  });

  it("takes a list, typed or not, by labels 0, 1, 2 ...", () => {
    for (const list of [[1, 3], Float32Array.of(1, 3), { 0: 1, 1: 3, length: 2 }])
      for (const labels of [
        [0, 1, 1],
        [0n, 1n, 1n],
      ])
        expect(valueOf(list, labels)).toBeCloseTo(7 / 3, 12);
  });

  it("counts no item of a class of weight 0 as one to learn from", () => {
    const reduction = new ClassWeightedReducer({ weights }).begin({ kind: "element", labels: ["c", "c"] });
    reduction.weighOne(0, 1);
    reduction.takeCounted(1, { items: 5, active: 3, counted: 3, total: 2 });
    expect([reduction.items, reduction.activeItems, reduction.result().value]).toEqual([6, 0, 0]);
  });

  it("refuses to be made without weights, to begin without labels, and a class without a finite weight", () => {
    expect(() => new ClassWeightedReducer({} as never)).toThrow(/weights is null; give one weight a class/);
    expect(() => new ClassWeightedReducer({ weights: 2 as never })).toThrow(TypeError);
    expect(() => new ClassWeightedReducer({ weights }).begin({ kind: "element", labels: null })).toThrow(
      "ClassWeightedReducer needs labels to know the class of each anchor",
    );
    expect(() => valueOf(weights, ["a", "e"])).toThrow(
      new RangeError('ClassWeightedReducer has no weight for label "e"'),
    );
    for (const label of [2, -1, 0.5]) expect(() => valueOf([1, 3], [label])).toThrow(RangeError);
    expect(() => valueOf([1, NaN], [1])).toThrow("the weight of label 1 is NaN; give a number");
    expect(() => valueOf([1, Infinity], [1])).toThrow(RangeError);
  });
});
