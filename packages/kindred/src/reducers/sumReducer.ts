import { LinearReduction } from "./linearReduction.ts";
import type { Reducer } from "./reducer.ts";

/** The sum of all item losses. */
export class SumReducer implements Reducer {
  readonly name = "SumReducer";

  begin(): LinearReduction {
    return new LinearReduction({ low: -Infinity, high: Infinity, anchorWeights: null, scale: "sum" });
  }
}
