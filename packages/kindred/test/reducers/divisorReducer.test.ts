import { describe, expect, it } from "vitest";
import { DivisorReducer, MultipleReducers, SumReducer, SupConLoss } from "../../src/index.ts";
import { plainReduce } from "../support/plain.ts";
import { describeReducer } from "../support/reducerContract.ts";

describeReducer("DivisorReducer", {
  make: () => new DivisorReducer(),
  divisor: 2.5,
  twin: (items, kind, anchors, labels) => plainReduce(new SumReducer(), items, kind, anchors, labels) / 2.5,
});

describe("DivisorReducer", () => {
  it("gives 0 where the loss has nothing to divide by", () => {
    const reduction = new DivisorReducer().begin();
    reduction.weighOne(0, 3);
    expect(reduction.result(0)).toEqual({ value: 0, scale: 0 });
    expect(reduction.result()).toEqual({ value: 0, scale: 0 });
  });

  it("is refused by a loss that has no divisor, also as one of several", () => {
    const rows = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    for (const reducer of [new DivisorReducer(), new MultipleReducers({ reducers: { loss: new DivisorReducer() } })])
      expect(() => new SupConLoss({ reducer }).evaluate(rows, [0, 0, 1])).toThrow(
        "SupConLoss has no divisor for a DivisorReducer; use a MeanReducer or a SumReducer",
      );
  });
});
