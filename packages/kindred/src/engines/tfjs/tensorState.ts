import { dispose, type Optimizer, scalar, type Tensor, tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import type { Matrix } from "../../matrix/matrix.ts";
import { savedMatrix, savedNumber, type StateDict } from "../../training/stateDict.ts";

/** The variables' values, by their places: TensorFlow.js gives other names to the same variables in the next process. */
export function variablesState(variables: readonly Variable[]): StateDict {
  return Object.fromEntries(variables.map((variable, k) => [`variable${k}`, flatten(variable)]));
}

/** Gives the variables their saved values. @throws RangeError when the state is not theirs */
export function loadVariables(variables: readonly Variable[], state: StateDict): void {
  const saved = variables.map((variable, k) => {
    const { rows, cols } = flatShape(variable.shape);
    return savedMatrix(state, `variable${k}`, rows, cols, "the TensorFlow.js model");
  });
  tidy(() =>
    variables.forEach((variable, k) => variable.assign(tensor(saved[k].data.slice(), variable.shape, variable.dtype))),
  );
}

/** What the optimizer remembers: its count of steps, and a matrix beside its true shape for each of its tensors. */
export async function optimizerState(optimizer: Optimizer): Promise<StateDict> {
  const [count, ...memories] = await optimizer.getWeights();
  count.tensor.dispose();
  const state: Record<string, Matrix | number> = { "optimizer.steps": optimizer.iterations };
  memories.forEach(({ tensor }, k) => {
    state[`optimizer.${k}`] = flatten(tensor);
    state[`optimizer.${k}.shape`] = { data: Float32Array.from(tensor.shape), rows: 1, cols: tensor.rank };
  });
  return state;
}

/** Gives the optimizer its saved memory, and frees what it held before. */
export async function loadOptimizer(optimizer: Optimizer, state: StateDict): Promise<void> {
  const steps = savedNumber(state, "optimizer.steps", "the TensorFlow.js optimizer");
  const weights = [{ name: "iter", tensor: scalar(steps, "int32") as Tensor }];
  for (let k = 0; `optimizer.${k}` in state; k++) {
    const { data } = state[`optimizer.${k}`] as Matrix;
    const shape = Array.from((state[`optimizer.${k}.shape`] as Matrix).data);
    weights.push({ name: `optimizer.${k}`, tensor: tensor(data.slice(), shape) });
  }
  const before = await optimizer.getWeights();
  await optimizer.setWeights(weights);
  dispose([...before, ...weights].map(({ tensor }) => tensor));
}

/** The tensor's values as a matrix: its last dimension as columns. */
function flatten(source: Tensor): Matrix {
  return { data: Float32Array.from(source.dataSync()), ...flatShape(source.shape) };
}

function flatShape(shape: readonly number[]): { rows: number; cols: number } {
  const cols = shape.at(-1) ?? 1;
  return { rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), cols };
}
