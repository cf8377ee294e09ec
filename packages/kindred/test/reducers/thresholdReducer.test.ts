import { describe, expect, it } from "vitest";
import { ThresholdReducer } from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

describeReducer("ThresholdReducer with both bounds", { make: () => new ThresholdReducer({ low: 0.5, high: 2 }) });
describeReducer("ThresholdReducer with a lower bound", { make: () => new ThresholdReducer({ low: 0.5 }) });
describeReducer("ThresholdReducer with an upper bound", { make: () => new ThresholdReducer({ high: 0.5 }) });

describe("ThresholdReducer", () => {
  it("leaves out items exactly at a bound", () => {
    const reduction = new ThresholdReducer({ low: 0.5, high: 2 }).begin();
    const weights = new Float64Array(4);
    reduction.weigh(0, Float64Array.of(0.5, 0.75, 1.25, 2), 4, weights);
    expect(Array.from(weights)).toEqual([0, 1, 1, 0]);
    expect(reduction.result()).toEqual({ value: 1, scale: 0.5 });
    expect([reduction.items, reduction.activeItems]).toEqual([4, 2]);
  });

  it("takes many items that were counted and not listed as if they had been listed", () => {
    for (const low of [0, -1, undefined]) {
      const [listed, counted] = [0, 1].map(() => new ThresholdReducer({ low, high: 2 }).begin());
      listed.weigh(1, Float64Array.of(0, 0.5, 1, 3), 4, new Float64Array(4));
      counted.takeCounted(1, { items: 4, active: 3, counted: 2, total: 1.5 });
      expect(counted.result()).toEqual(listed.result());
      expect([counted.items, counted.activeItems]).toEqual([listed.items, listed.activeItems]);
    }
  });

  it("refuses to be made without a bound, or with one that is no number", () => {
    expect(() => new ThresholdReducer()).toThrow(
      new TypeError("ThresholdReducer was given neither low nor high; give at least one of them"),
    );
    expect(() => new ThresholdReducer({ low: "1" as never })).toThrow(/low is "1"/);
    expect(() => new ThresholdReducer({ high: NaN })).toThrow(TypeError);
    expect(() => new ThresholdReducer({ hi: 1 } as object)).toThrow(/no option "hi"/);
  });
});
