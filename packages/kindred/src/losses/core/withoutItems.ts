import { DoNothingReducer } from "../../reducers/doNothingReducer.ts";
import type { Reduced, Reducer } from "../../reducers/reducer.ts";

/** A sub-loss that has no items, beside others that have: its reducer leaves the value as it is. */
export function withoutItems(value: number, reducer: Reducer): Reduced {
  const isReduced = !(reducer instanceof DoNothingReducer);
  return {
    value: isReduced ? value : 0,
    scale: isReduced ? 1 : 0,
    subLoss: { losses: Float64Array.of(value), indices: null, reductionType: "already_reduced" },
  };
}
