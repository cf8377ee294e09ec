import { describe } from "../matrix/checks.ts";
import type { Reducer } from "./reducer.ts";

/** Refuses what is no reducer. @throws TypeError */
export function requireReducer(name: string, reducer: Reducer): Reducer {
  if (typeof reducer !== "object" || reducer === null || typeof reducer.begin !== "function")
    throw new TypeError(`${name} is ${describe(reducer)}; give a reducer such as new MeanReducer()`);
  return reducer;
}
