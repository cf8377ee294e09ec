import { checkNumber } from "../matrix/checks.ts";
import { type Matrix, zeros } from "../matrix/matrix.ts";
import { checkAnyMatrix, checkKind, checkStateMatrix, checkStateNames, KIND } from "../state/checkState.ts";
import { copyMatrix, parted, prefixed, type StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/** What the names of the counts of moves begin with in a state. */
const STEPS = "steps";

/** What an optimizer remembers of its steps, by the names of memories and parameters. */
export interface OptimizerMemory {
  learningRate: number;
  /** How often each parameter was moved: one that was frozen at first begins late. */
  readonly steps: Record<string, number>;
  /** A matrix a parameter in each memory, of the parameter's shape. */
  readonly memories: Readonly<Record<string, Record<string, Matrix>>>;
}

/** @param names of the memories: "mean", "square" */
export function emptyMemory(names: readonly string[], learningRate: number): OptimizerMemory {
  return {
    learningRate,
    steps: unnamed(),
    memories: Object.fromEntries(names.map((name) => [name, unnamed<Matrix>()])),
  };
}

/**
 * Gives every parameter its memory, of zeros at first: those without a slope too, so that a state tells of all.
 *
 * @throws RangeError when a parameter has another shape than what is remembered of it
 */
export function rememberAll({ steps, memories }: OptimizerMemory, parameters: NamedMatrices, owner: string): void {
  for (const [name, { rows, cols }] of Object.entries(parameters))
    for (const memory of Object.values(memories)) {
      const { rows: m = rows, cols: n = cols } = memory[name] ?? {};
      if (m !== rows || n !== cols)
        throw new RangeError(
          `${owner} remembers ${name} as ${m} x ${n}, the parameter is ${rows} x ${cols}; an optimizer belongs to the parameters of one model`,
        );
    }
  for (const [name, { rows, cols }] of Object.entries(parameters)) {
    steps[name] ??= 0;
    for (const memory of Object.values(memories)) memory[name] ??= zeros(rows, cols);
  }
}

/**
 * The state of an optimizer: "learningRate", of how many "parameters" it remembers something, "steps.W" for how often it moved
 * the parameter W, and "mean.W" for what `mean` holds of it. Copies.
 */
export function memoryState({ learningRate, steps, memories }: OptimizerMemory, kind: string): StateDict {
  const entries = Object.entries({ [STEPS]: steps, ...memories }).map(([name, memory]) => prefixed(memory, `${name}.`));
  const parameters = Object.keys(steps).length;
  return Object.assign({ [KIND]: kind, learningRate, parameters }, ...entries) as StateDict;
}

/**
 * What a state says, as copies.
 *
 * @param names of the memories
 * @param parameters that it must be of; undefined: of any, which all memories have
 * @throws TypeError, RangeError when it is no state of such an optimizer
 */
export function checkMemory(
  state: unknown,
  kind: string,
  names: readonly string[],
  parameters?: NamedMatrices,
): OptimizerMemory {
  const given = checkKind(state, kind);
  const all = [STEPS, ...names];
  const remembered = new Set(all.flatMap((name) => Object.keys(parted(given, `${name}.`).within)));
  const isFresh = given["parameters"] === 0;
  const wanted = isFresh ? [] : parameters === undefined ? [...remembered] : Object.keys(parameters);
  const entries = wanted.flatMap((parameter) => all.map((name) => `${name}.${parameter}`));
  checkStateNames(given, [KIND, "learningRate", "parameters", ...entries], "the state", kind);
  const count = (name: string): number =>
    checkNumber(given[name], `the state's ${name}`, { atLeast: 0, integer: true });
  const parameterCount = count("parameters");
  if (parameterCount !== wanted.length)
    throw new RangeError(
      `the state has ${names.join(" and ")} of ${wanted.length} parameters, its count of parameters is ${parameterCount}; give what state() returned`,
    );
  const learningRate = checkNumber(given["learningRate"], "the state's learningRate", { atLeast: 0 });
  const memory = emptyMemory(names, learningRate);
  for (const parameter of wanted) {
    memory.steps[parameter] = count(`${STEPS}.${parameter}`);
    const first = `${names[0]}.${parameter}`;
    const shape = parameters?.[parameter] ?? checkAnyMatrix(given[first], `the state's ${first}`);
    for (const name of names) {
      const entry = `${name}.${parameter}`;
      memory.memories[name][parameter] = copyMatrix(checkStateMatrix(given[entry], `the state's ${entry}`, shape));
    }
  }
  return memory;
}

/** Without the names that every object has, which a parameter may have too. */
function unnamed<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
