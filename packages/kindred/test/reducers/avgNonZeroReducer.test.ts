import { describe, expect, it } from "vitest";
import { AvgNonZeroReducer, ThresholdReducer } from "../../src/index.ts";
import { describeReducer } from "../support/reducerContract.ts";

describeReducer("AvgNonZeroReducer", { make: () => new AvgNonZeroReducer() });

describe("AvgNonZeroReducer", () => {
  it("is a ThresholdReducer that keeps what is above 0", () => {
    const reducer = new AvgNonZeroReducer();
    expect(reducer).toBeInstanceOf(ThresholdReducer);
    expect([reducer.name, reducer.low, reducer.high]).toEqual(["AvgNonZeroReducer", 0, Infinity]);
  });
});
