import { describe, withDefaults } from "../matrix/checks.ts";
import { MeanReducer } from "./meanReducer.ts";
import type { Reducer, ReductionContext } from "./reducer.ts";
import type { Reduction } from "./reduction.ts";
import { requireReducer } from "./requireReducer.ts";

/** Which reducer each sub-loss gets. */
export interface MultipleReducersOptions {
  /** By the name of the sub-loss: `posLoss`, `negLoss`, `embeddingRegLoss` ... */
  readonly reducers: Readonly<Record<string, Reducer>>;
  /** For sub-losses not named. Default MeanReducer. */
  readonly defaultReducer: Reducer;
}

/** A reducer for each sub-loss; the loss is the sum of what they give. */
export class MultipleReducers implements Reducer {
  readonly name = "MultipleReducers";
  readonly reducers: Readonly<Record<string, Reducer>>;
  readonly defaultReducer: Reducer;

  /** @throws TypeError when one of them is no reducer */
  constructor(options?: Partial<MultipleReducersOptions>) {
    const defaults: MultipleReducersOptions = { reducers: {}, defaultReducer: new MeanReducer() };
    ({ reducers: this.reducers, defaultReducer: this.defaultReducer } = withDefaults(options, defaults, this.name));
    requireReducer("defaultReducer", this.defaultReducer);
    if (typeof this.reducers !== "object" || this.reducers === null || Array.isArray(this.reducers))
      throw new TypeError(`reducers is ${describe(this.reducers)}; give a reducer for each sub-loss, by its name`);
    for (const [name, reducer] of Object.entries(this.reducers)) requireReducer(`reducers.${name}`, reducer);
  }

  get subLossNames(): readonly string[] {
    return Object.keys(this.reducers);
  }

  /** The reducer of a sub-loss. */
  forSubLoss(name: string): Reducer {
    return this.reducers[name] ?? this.defaultReducer;
  }

  begin(context: ReductionContext): Reduction {
    return this.defaultReducer.begin(context);
  }
}
