import type { Loss, LossState } from "../losses/core/loss.ts";
import { describe } from "../matrix/checks.ts";
import type { Miner } from "../miners/miner.ts";
import type { BatchSampler, SamplerState } from "../samplers/batchSampler.ts";
import { PlannedSampler } from "../samplers/plannedSampler.ts";
import { checkKind, checkStateNames, KIND } from "../state/checkState.ts";
import { keptCount, keptPart } from "../state/entries.ts";
import { isKeeper, type Keeper, type Loading, prepareAll, prepareLoad } from "../state/loading.ts";
import type { State } from "../state/state.ts";
import type { StateEntry, StateRecord } from "../state/stateRecord.ts";
import type { Model } from "./model.ts";
import type { Optimizer } from "./optimizer.ts";
import { prepareOptimizer } from "./prepareOptimizer.ts";
import type { StateDict } from "./stateDict.ts";

/** All that a training goes on from; plain typed data. */
export interface TrainerState {
  readonly kind: "Trainer";
  readonly stepsDone: number;
  readonly epochsDone: number;
  /** Batches of the unfinished epoch that are done. */
  readonly batchesDone: number;
  readonly sampler: SamplerState;
  readonly loss: LossState;
  /** null without a miner, or when it draws nothing. */
  readonly miner: State | null;
  /** null without one. */
  readonly lossOptimizer: StateDict | null;
  /** null when the model has no `state`: whoever owns it must save it. */
  readonly model: StateDict | null;
}

/** Those of a Trainer that keep something. */
interface KeepingParts {
  readonly model: Model;
  readonly loss: Loss;
  readonly sampler: BatchSampler;
  readonly miner: Miner | null;
  readonly lossOptimizer: Optimizer | null;
}

/** How far a training is. */
export interface Progress {
  stepsDone: number;
  epochsDone: number;
  batchesDone: number;
}

/** What the parts keep; copies. */
export async function saveTrainer(parts: KeepingParts, progress: Progress): Promise<TrainerState> {
  const { model, loss, sampler, miner, lossOptimizer } = parts;
  return {
    [KIND]: "Trainer",
    ...progress,
    sampler: sampler.state(),
    loss: loss.state(),
    miner: isKeeper(miner) ? miner.state() : null,
    lossOptimizer: lossOptimizer?.state() ?? null,
    model: (await model.state?.()) ?? null,
  };
}

/**
 * Gives all parts their states, or changes nothing.
 *
 * @throws TypeError, RangeError when the state is of other parts, or a part refuses its own
 */
export async function loadTrainer(parts: KeepingParts, progress: Progress, state: TrainerState): Promise<void> {
  const record = recordOf(parts, progress);
  checkKind(state, "Trainer");
  checkStateNames(state as never, [KIND, ...Object.keys(record), "model"], "the state", "Trainer");
  checkThere("model", state.model, parts.model.state !== undefined);
  checkPlace(parts.sampler, state);
  const found = prepareAll(preparedParts(parts.model, record, state));
  if (state.model !== null && parts.model.prepareLoad === undefined) await loadModel(parts.model, state.model, found);
  found.take();
}

function* preparedParts(model: Model, record: StateRecord, state: TrainerState): Iterable<Loading> {
  for (const [name, entry] of Object.entries(record))
    yield entry.prepare(state[name as keyof TrainerState], `the state's ${name}`);
  if (state.model !== null && model.prepareLoad !== undefined) yield model.prepareLoad(state.model);
}

/** All but the model, which may take its time to load. */
function recordOf({ loss, sampler, miner, lossOptimizer }: KeepingParts, progress: Progress): StateRecord {
  const count = (name: keyof Progress, atMost?: number): StateEntry =>
    keptCount({ get: () => progress[name], set: (value) => (progress[name] = value) }, atMost);
  const optimizer: Keeper<State> | null = lossOptimizer && {
    state: () => lossOptimizer.state(),
    load: (given) => lossOptimizer.load(given as StateDict, loss.parameters),
    prepareLoad: (given) => prepareOptimizer(lossOptimizer, given as StateDict, loss.parameters),
  };
  return {
    stepsDone: count("stepsDone"),
    epochsDone: count("epochsDone"),
    batchesDone: count("batchesDone", sampler.batchesPerEpoch - 1),
    sampler: keptPart(sampler),
    loss: keptPart(loss),
    miner: partOrNull(isKeeper(miner) ? miner : null),
    lossOptimizer: partOrNull(optimizer),
  };
}

/** The state of a part, null where the Trainer has none. */
function partOrNull(part: Keeper<State> | null): StateEntry {
  return {
    save: () => part?.state() ?? null,
    prepare: (given, name) => {
      checkThere(name.replace("the state's ", ""), given, part !== null);
      return part === null ? prepareAll([]) : prepareLoad(part, given as State);
    },
  };
}

function checkThere(name: string, given: unknown, isWanted: boolean): void {
  if ((given !== null) === isWanted) return;
  throw new RangeError(
    isWanted
      ? `the state's ${name} is null, but this Trainer's ${name} has a state; give the state of a Trainer of the same parts`
      : `the state's ${name} is ${describe(given)}, but this Trainer has no ${name} that keeps a state; make it of the same parts`,
  );
}

/** A sampler that stands elsewhere than the Trainer would end its epoch too early or too late. */
function checkPlace(sampler: BatchSampler, { batchesDone, sampler: place }: TrainerState): void {
  if (!(sampler instanceof PlannedSampler) || place?.["batch"] === batchesDone) return;
  throw new RangeError(
    `the state's batchesDone is ${describe(batchesDone)}, its sampler stands at batch ${describe(place?.["batch"])}; give what state() returned`,
  );
}

/** A model that may take its time; all else waits until it has its state. */
async function loadModel(model: Model, state: StateDict, others: Loading): Promise<void> {
  const before = await model.state?.();
  try {
    if (model.load === undefined)
      throw new RangeError("the state holds a model's weights and this model has no load; give it one");
    await model.load(state);
  } catch (error) {
    others.drop();
    try {
      if (before !== undefined) await model.load?.(before);
    } catch {
      // why the state was refused tells more
    }
    throw error;
  }
}
