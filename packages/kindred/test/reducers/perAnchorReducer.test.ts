import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  DivisorReducer,
  PerAnchorReducer,
  SumReducer,
  type Label,
} from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

const weights = new Map<Label, number>([
  ["a", 0.5],
  ["b", 2],
  ["c", 1.25],
  ["d", 0.75],
]);
const refuses = ["triplet"] as const;

describeReducer("PerAnchorReducer", { make: () => new PerAnchorReducer(), refuses });
describeReducer("PerAnchorReducer over anchors by their sum", {
  make: () => new PerAnchorReducer({ reducer: new SumReducer() }),
  refuses,
});
describeReducer("PerAnchorReducer over anchors by class weights", {
  make: () => new PerAnchorReducer({ reducer: new ClassWeightedReducer({ weights }) }),
  refuses,
});
describeReducer("PerAnchorReducer over anchors that are above 0", {
  make: () => new PerAnchorReducer({ reducer: new AvgNonZeroReducer() }),
  refuses,
});

describe("PerAnchorReducer", () => {
  it("counts an anchor without pairs as one of loss 0", () => {
    const reduction = new PerAnchorReducer().begin({ kind: "pos_pair", labels: ["a", "a", "b"] });
    const weights = new Float64Array(2);
    reduction.weigh(0, Float64Array.of(1, 3), 2, weights);
    reduction.weigh(1, Float64Array.of(4), 1, weights);
    reduction.weigh(2, new Float64Array(0), 0, weights);
    expect(reduction.result().value).toBe((2 + 4 + 0) / 3);
  });

  it("needs a divisor when the reducer over its anchors does", () => {
    expect(new PerAnchorReducer({ reducer: new DivisorReducer() }).needsDivisor).toBe(true);
    expect(new PerAnchorReducer().needsDivisor).toBe(false);
  });

  it("refuses what is no reducer, and options it does not have", () => {
    expect(() => new PerAnchorReducer({ reducer: "mean" as never })).toThrow(
      new TypeError('reducer is "mean"; give a reducer such as new MeanReducer()'),
    );
    expect(() => new PerAnchorReducer({ reducers: 1 } as object)).toThrow(/did you mean "reducer"/);
  });
});
