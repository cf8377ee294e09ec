import type { Keeper, Loading } from "../../state/loading.ts";
import type { State } from "../../state/state.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import type { NamedMatrices } from "./namedMatrices.ts";

/** What keeps something of a model's weights: from its record follow state, check and load. */
export abstract class KeptByWeights implements Keeper<State> {
  abstract readonly name: string;

  state(): State {
    return saveState(this.name, this.record());
  }

  load(state: State): void {
    this.prepareLoad(state).take();
  }

  /** @param weights of the model: given, the state must be of just these, by name and shape */
  prepareLoad(state: State, weights?: NamedMatrices): Loading {
    return prepareState(this.name, this.record(weights), state);
  }

  /** @param like weights whose names and shapes those of a state must have; undefined: any */
  protected abstract record(like?: NamedMatrices): StateRecord;
}
