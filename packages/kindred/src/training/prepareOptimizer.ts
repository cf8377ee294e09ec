import { type Loading, prepareLoad } from "../state/loading.ts";
import type { Optimizer } from "./optimizer.ts";
import type { StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/** Checks the state of an optimizer of these parameters; one of the caller's own may only have `load`. */
export function prepareOptimizer(optimizer: Optimizer, state: StateDict, parameters: NamedMatrices): Loading {
  if (optimizer.prepareLoad !== undefined) return optimizer.prepareLoad(state, parameters);
  const part = { state: () => optimizer.state(), load: (given: StateDict) => optimizer.load(given, parameters) };
  return prepareLoad(part, state);
}
