import type { Loss, LossState } from "../losses/core/loss.ts";
import { describe } from "../matrix/checks.ts";
import type { Miner } from "../miners/miner.ts";
import type { BatchSampler, SamplerState } from "../samplers/batchSampler.ts";
import { PlannedSampler } from "../samplers/plannedSampler.ts";
import { checkKind, checkStateNames, KIND } from "../state/checkState.ts";
import { keptCount, keptPart, keptRecord } from "../state/entries.ts";
import { isKeeper, type Keeper, type Loading, prepareAll, prepareLoad } from "../state/loading.ts";
import type { State } from "../state/state.ts";
import { saveState, type StateEntry, type StateRecord } from "../state/stateRecord.ts";
import type { Model } from "./model.ts";
import type { MomentumEncoder } from "./momentumEncoder.ts";
import type { Optimizer } from "./optimizer.ts";
import { prepareOptimizer } from "./prepareOptimizer.ts";
import type { StateDict } from "./stateDict.ts";
import type { TrainingHook } from "./trainingHook.ts";
import type { WeightAverage } from "./weights/weightAverage.ts";

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
  /** The learning rates that the schedule's factors are of; null without a schedule. Where it stands follows from stepsDone. */
  readonly learningRates: State | null;
  /** With `accumulate`: slopes that have moved nothing yet, and of how many batches; else null. */
  readonly gathered: State | null;
  /** null without one. */
  readonly average: State | null;
  /** null without one. */
  readonly momentumEncoder: State | null;
  /** What the hooks keep that keep something, by their places among them: "0", "1" ... */
  readonly hooks: State;
}

/** Those of a Trainer that keep something. */
export interface KeepingParts {
  readonly model: Model;
  readonly loss: Loss;
  readonly sampler: BatchSampler;
  readonly miner: Miner | null;
  readonly lossOptimizer: Optimizer | null;
  readonly learningRates: StateRecord | null;
  readonly gathered: StateRecord | null;
  readonly average: WeightAverage | null;
  readonly momentumEncoder: MomentumEncoder | null;
  readonly hooks: readonly TrainingHook[];
}

/** How far a training is. */
export interface Progress {
  stepsDone: number;
  epochsDone: number;
  batchesDone: number;
}

/** What the parts keep; copies. */
export async function saveTrainer(parts: KeepingParts, progress: Progress): Promise<TrainerState> {
  const model = (await parts.model.state?.()) ?? null;
  return { ...saveState("Trainer", recordOf(parts, progress)), model } as unknown as TrainerState;
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
function recordOf(parts: KeepingParts, progress: Progress): StateRecord {
  const { model, loss, sampler, miner, lossOptimizer, average, momentumEncoder, hooks } = parts;
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
    learningRates: recordOrNull(parts.learningRates),
    gathered: recordOrNull(parts.gathered),
    average: partOrNull(average && ofWeights(average, model)),
    momentumEncoder: partOrNull(momentumEncoder && ofWeights(momentumEncoder, model)),
    hooks: keptRecord(
      Object.fromEntries(hooks.filter((hook) => isKeeper(hook)).map((hook, k) => [k, keptPart(hook)])),
      "Trainer",
    ),
  };
}

/** A part whose state holds weights, which must be the model's by name and shape. */
function ofWeights(part: WeightAverage | MomentumEncoder, { parameters }: Model): Keeper<State> {
  return {
    state: () => part.state(),
    load: (state) => part.load(state),
    prepareLoad: (state) => part.prepareLoad(state, parameters),
  };
}

/** Entries of their own, null where the Trainer has none. */
function recordOrNull(record: StateRecord | null): StateEntry {
  const kept = record && keptRecord(record, "Trainer");
  return {
    save: () => kept?.save() ?? null,
    prepare: (given, name) => {
      checkThere(name.replace("the state's ", ""), given, kept !== null);
      return kept?.prepare(given, name) ?? prepareAll([]);
    },
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
