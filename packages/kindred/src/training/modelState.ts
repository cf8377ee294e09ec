import { type Loading, loading, prepareAll } from "../state/loading.ts";
import { prepareState, saveState, type StateRecord } from "../state/stateRecord.ts";
import type { Optimizer } from "./optimizer.ts";
import { prepareOptimizer } from "./prepareOptimizer.ts";
import { parted, prefixed, type StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/** What the names of the optimizer's entries in a model's state begin with. */
const OPTIMIZER = "optimizer.";

/** A model whose weights an {@link Optimizer} moves, as far as its state goes. */
export interface TrainedParts {
  /** The name of the model's class. */
  readonly kind: string;
  /** The model's own entries. */
  readonly record: StateRecord;
  readonly optimizer: Optimizer;
  /** What the optimizer moves, by the names that it knows. */
  readonly parameters: NamedMatrices;
}

/** The model's entries, and the optimizer's behind "optimizer.". */
export function saveModel({ kind, record, optimizer }: TrainedParts): StateDict {
  return { ...(saveState(kind, record) as StateDict), ...prefixed(optimizer.state(), OPTIMIZER) };
}

/** Checks what {@link saveModel} saved. @param taken called when it has been taken */
export function prepareModel(parts: TrainedParts, state: StateDict, taken: () => void): Loading {
  return prepareAll(preparedParts(parts, state, taken));
}

function* preparedParts(parts: TrainedParts, state: StateDict, taken: () => void): Iterable<Loading> {
  const { kind, record, optimizer, parameters } = parts;
  const isObject = typeof state === "object" && state !== null && !Array.isArray(state);
  const { within, others } = isObject ? parted(state, OPTIMIZER) : { within: {}, others: state };
  yield prepareState(kind, record, others);
  yield prepareOptimizer(optimizer, within, parameters);
  yield loading(taken);
}
