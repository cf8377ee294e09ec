import type { Reducer } from "../../reducers/reducer.ts";
import type { Reduced } from "../../reducers/reduction.ts";
import { alone } from "./metricLoss.ts";

/** A sub-loss that has no items, beside others that have: its reducer leaves the value as it is. */
export function withoutItems(value: number, reducer: Reducer): Reduced {
  const isReduced = reducer.handsOutItems !== true;
  return { value: isReduced ? value : 0, scale: isReduced ? 1 : 0, subLoss: alone(Float64Array.of(value)) };
}
