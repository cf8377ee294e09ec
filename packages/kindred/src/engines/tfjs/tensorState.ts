import { dispose, type Optimizer, scalar, type Tensor, tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { checkNumber, checkOneOf } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { checkAnyMatrix, checkKind, checkStateMatrix, checkStateNames, KIND } from "../../state/checkState.ts";
import { copyMatrix, type StateDict } from "../../training/stateDict.ts";
import { flatShape } from "../shapes/flatShape.ts";

const kind = "TensorModel";

/** What an optimizer remembers besides its steps, and the true shape of each tensor. */
interface Memory {
  readonly matrix: Matrix;
  readonly shape: readonly number[];
}

/** A state of a {@link kind}, found right; copies. */
interface CheckedState {
  readonly variables: readonly Matrix[];
  readonly steps: number;
  readonly memories: readonly Memory[];
}

/**
 * The variables' values, by their places (TensorFlow.js gives other names to the same variables in the next process), and what
 * the optimizer remembers: its class, its count of steps, and a matrix beside its true shape for each of its tensors.
 */
export async function tensorState(variables: readonly Variable[], optimizer: Optimizer): Promise<StateDict> {
  const [count, ...memories] = await optimizer.getWeights();
  count.tensor.dispose();
  const state: Record<string, Matrix | number | string> = {
    [KIND]: kind,
    "optimizer.kind": optimizer.getClassName(),
    "optimizer.steps": optimizer.iterations,
    "optimizer.memories": memories.length,
  };
  variables.forEach((variable, k) => (state[`variable${k}`] = flatten(variable)));
  memories.forEach(({ tensor }, k) => {
    state[`optimizer.${k}`] = flatten(tensor);
    state[`optimizer.${k}.shape`] = { data: Float32Array.from(tensor.shape), rows: 1, cols: tensor.rank };
  });
  return state;
}

/** @throws TypeError, RangeError when it is no state of these variables and such an optimizer */
export function checkTensorState(state: StateDict, variables: readonly Variable[], optimizer: Optimizer): CheckedState {
  const given = checkKind(state, kind);
  const count = (name: string): number =>
    checkNumber(given[name], `the state's ${name}`, { atLeast: 0, atMost: 2 ** 31 - 1, integer: true });
  const [steps, memoryCount] = [count("optimizer.steps"), count("optimizer.memories")];
  const own = ["optimizer.kind", "optimizer.steps", "optimizer.memories"];
  const found = Object.keys(given).filter((name) => name.startsWith("optimizer.") && !own.includes(name));
  if (found.length !== 2 * memoryCount)
    throw new RangeError(
      `the state has ${memoryCount} optimizer.memories and ${found.length} entries of them, not ${2 * memoryCount}; give what state() returned`,
    );
  const places = Array.from({ length: memoryCount }, (_, k) => k);
  const names = [
    ...variables.map((_, k) => `variable${k}`),
    ...places.flatMap((k) => [`optimizer.${k}`, `optimizer.${k}.shape`]),
  ];
  checkStateNames(given, [KIND, ...own, ...names], "the state", kind);
  checkOneOf(given["optimizer.kind"], "the state's optimizer.kind", [optimizer.getClassName()]);
  return {
    variables: variables.map(({ shape }, k) =>
      copyMatrix(checkStateMatrix(given[`variable${k}`], `the state's variable${k}`, flatShape(shape))),
    ),
    steps,
    memories: places.map((k) => {
      const shape = Array.from(checkAnyMatrix(given[`optimizer.${k}.shape`], `the state's optimizer.${k}.shape`).data);
      if (!variables.some((variable) => variable.shape.join() === shape.join()))
        throw new RangeError(
          `the state's optimizer.${k}.shape is [${shape.join(", ")}], which none of the variables has; give the state of this model`,
        );
      const matrix = checkStateMatrix(given[`optimizer.${k}`], `the state's optimizer.${k}`, flatShape(shape));
      return { matrix: copyMatrix(matrix), shape };
    }),
  };
}

/** Gives variables and optimizer what a state says, and frees what the optimizer held before. */
export async function takeTensorState(
  { variables: values, steps, memories }: CheckedState,
  variables: readonly Variable[],
  optimizer: Optimizer,
): Promise<void> {
  tidy(() =>
    variables.forEach((variable, k) => variable.assign(tensor(values[k].data, variable.shape, variable.dtype))),
  );
  const weights = [{ name: "iter", tensor: scalar(steps, "int32") as Tensor }];
  memories.forEach(({ matrix, shape }, k) =>
    weights.push({ name: `optimizer.${k}`, tensor: tensor(matrix.data, [...shape]) }),
  );
  const before = await optimizer.getWeights();
  await optimizer.setWeights(weights);
  dispose([...before, ...weights].map(({ tensor }) => tensor));
}

/** The tensor's values as a matrix: its last dimension as columns. */
export function flatten(source: Tensor): Matrix {
  return { data: Float32Array.from(source.dataSync()), ...flatShape(source.shape) };
}
