import { LinearReduction } from "./linearReduction.ts";
import type { Reducer } from "./reducer.ts";

/** The mean of all item losses; 0 when there are none. */
export class MeanReducer implements Reducer {
  readonly name = "MeanReducer";

  begin(): LinearReduction {
    return new LinearReduction({ low: -Infinity, high: Infinity, anchorWeights: null, scale: "mean" });
  }
}
