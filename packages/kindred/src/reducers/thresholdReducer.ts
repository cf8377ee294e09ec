import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { LinearReduction } from "./linearReduction.ts";
import type { Reducer } from "./reducer.ts";

/** The bounds of a {@link ThresholdReducer}; at least one must be given. */
export interface ThresholdReducerOptions {
  /** Items with a loss of at most this are left out. Default null: no bound. */
  readonly low: number | null;
  /** Items with a loss of at least this are left out. Default null: no bound. */
  readonly high: number | null;
}

/** The mean of the item losses with low < loss < high; 0 when there are none. */
export class ThresholdReducer implements Reducer {
  readonly name: string = "ThresholdReducer";
  readonly low: number;
  readonly high: number;

  /** @throws TypeError when neither bound is given */
  constructor(options?: Partial<ThresholdReducerOptions>) {
    const { low, high } = withDefaults<ThresholdReducerOptions>(options, { low: null, high: null }, "ThresholdReducer");
    if (low === null && high === null)
      throw new TypeError("ThresholdReducer was given neither low nor high; give at least one of them");
    this.low = low === null ? -Infinity : checkNumber(low, "low");
    this.high = high === null ? Infinity : checkNumber(high, "high");
  }

  begin(): LinearReduction {
    return new LinearReduction({ low: this.low, high: this.high, anchorWeights: null, scale: "mean" });
  }
}
