import { checkKind, checkStateNames, KIND } from "../../state/checkState.ts";
import { type Loading, prepareAll } from "../../state/loading.ts";
import type { Model } from "../model.ts";
import { parted, prefixed, type StateDict } from "../stateDict.ts";

/** Models that are trained together. */
export type ModelsByName = Readonly<Record<string, Model>>;

const OWNER = "ComposedModel";

/** The states of models in one, each model's names behind its own; copies. */
export async function saveModels(models: ModelsByName): Promise<StateDict> {
  const states = await Promise.all(
    Object.entries(models).map(async ([name, model]) => prefixed(await model.state!(), `${name}.`)),
  );
  return Object.assign({ [KIND]: OWNER }, ...states) as StateDict;
}

/** Checks the state of models that all have `prepareLoad`. @throws TypeError, RangeError when it is not theirs */
export function prepareModels(models: ModelsByName, state: StateDict): Loading {
  const states = statesOf(models, state);
  return prepareAll(preparedModels(models, states));
}

function* preparedModels(models: ModelsByName, states: ReadonlyMap<string, StateDict>): Iterable<Loading> {
  for (const [name, own] of states) yield models[name].prepareLoad!(own);
}

/** Gives all models their states, or changes nothing: those that load at once get back what they had. */
export async function loadModels(models: ModelsByName, state: StateDict): Promise<void> {
  const states = statesOf(models, state);
  const isSlow = (name: string): boolean => models[name].prepareLoad === undefined;
  const others = prepareAll(preparedModels(models, new Map([...states].filter(([name]) => !isSlow(name)))));
  const loaded: (readonly [Model, StateDict])[] = [];
  try {
    for (const name of [...states.keys()].filter(isSlow)) {
      loaded.push([models[name], await models[name].state!()]);
      await models[name].load!(states.get(name)!);
    }
  } catch (error) {
    others.drop();
    for (const [model, before] of loaded) await model.load!(before);
    throw error;
  }
  others.take();
}

/** Each model's part of the state. */
function statesOf(models: ModelsByName, state: StateDict): ReadonlyMap<string, StateDict> {
  let others: Readonly<Record<string, unknown>> = checkKind(state, OWNER);
  const states = new Map<string, StateDict>();
  for (const name of Object.keys(models)) {
    const found = parted(others, `${name}.`);
    states.set(name, found.within as StateDict);
    others = found.others;
  }
  checkStateNames(others, [KIND], "the state", OWNER);
  return states;
}
