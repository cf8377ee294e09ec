import { LinearReduction } from "./linearReduction.ts";
import type { Reducer } from "./reducer.ts";

/** The sum of the item losses divided by a number that the loss provides (the active pairs of MarginLoss, say). */
export class DivisorReducer implements Reducer {
  readonly name = "DivisorReducer";
  readonly needsDivisor = true;

  begin(): LinearReduction {
    return new LinearReduction({ low: -Infinity, high: Infinity, anchorWeights: null, scale: "divisor" });
  }
}
