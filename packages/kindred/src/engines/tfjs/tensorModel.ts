import {
  add,
  customGrad,
  dispose,
  type GradSaveFunc,
  keep,
  mul,
  type Optimizer,
  scalar,
  type Scalar,
  sum,
  type Tensor,
  tidy,
  tensor,
  type Variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { requireEmbedded } from "../../training/backwardChecks.ts";
import type { Model } from "../../training/model.ts";
import type { StateDict } from "../../training/stateDict.ts";
import { batchShape, type InputShape } from "../shapes/inputShape.ts";
import { fromTensor, toTensor } from "./convert.ts";
import { provideFilterGradient } from "./filterGradient.ts";
import { checkTensorState, takeTensorState, tensorState } from "./tensorState.ts";

type Apply = (inputs: Tensor, isTraining: boolean) => Tensor;

interface TensorModelOptions {
  readonly inputShape: InputShape;
  /** What the model frees with itself; default nothing. */
  readonly owned?: readonly { dispose(): void }[];
}

/** A function of tensors as a {@link Model}. */
export class TensorModel implements Model {
  readonly #apply: Apply;
  readonly #variables: readonly Variable[];
  readonly #optimizer: Optimizer;
  readonly #inputShape: InputShape;
  readonly #owned: readonly { dispose(): void }[];
  /** What the last `embed` with `isTraining` was given. */
  #inputs: Matrix | null = null;
  /** Slopes by the variables' names, kept from tidying. */
  #slopes: Record<string, Tensor> = {};

  constructor(
    apply: Apply,
    variables: readonly Variable[],
    optimizer: Optimizer,
    { inputShape, owned = [] }: TensorModelOptions,
  ) {
    this.#apply = apply;
    this.#variables = variables;
    this.#optimizer = optimizer;
    this.#inputShape = inputShape;
    this.#owned = owned;
  }

  embed(given: MatrixLike, isTraining = false): Matrix {
    const inputs = toMatrix(given, "inputs");
    if (isTraining) this.#inputs = inputs;
    const output = tidy(() => this.#apply(this.#inputTensor(inputs), isTraining));
    try {
      return fromTensor(output, "the model's output");
    } finally {
      dispose(output);
    }
  }

  backward(gradient: Matrix): void {
    const inputs = requireEmbedded(this.#inputs);
    this.#accumulate(() => sum(mul(this.#apply(this.#inputTensor(inputs), true), toTensor(gradient))));
  }

  learn(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix): void {
    // The value of this scalar is never used; only its slope is, which slopeOf gives.
    const pull = customGrad<Scalar>((...args: (Tensor | GradSaveFunc)[]) => {
      const slope = slopeOf(fromTensor(args[0] as Tensor, "the model's output"));
      return { value: scalar(0), gradFunc: () => [toTensor(slope)] };
    });
    this.#accumulate(() => pull(this.#apply(this.#inputTensor(inputs), true)));
  }

  step(): void {
    // The optimizers know a variable's memory by its place: the order must be the same in each step.
    const ordered = this.#variables.filter(({ name }) => name in this.#slopes);
    this.#optimizer.applyGradients(Object.fromEntries(ordered.map(({ name }) => [name, this.#slopes[name]])));
    this.#forgetSlopes();
  }

  async state(): Promise<StateDict> {
    return tensorState(this.#variables, this.#optimizer);
  }

  async load(state: StateDict): Promise<void> {
    const checked = checkTensorState(state, this.#variables, this.#optimizer);
    await takeTensorState(checked, this.#variables, this.#optimizer);
    this.forget();
  }

  forget(): void {
    this.#forgetSlopes();
    this.#inputs = null;
  }

  dispose(): void {
    this.forget();
    for (const part of this.#owned) part.dispose();
  }

  #inputTensor(inputs: Matrix): Tensor {
    return tensor(inputs.data.slice(), batchShape(inputs, this.#inputShape));
  }

  #accumulate(objective: () => Scalar): void {
    provideFilterGradient();
    tidy(() => {
      const { grads } = variableGrads(objective, [...this.#variables]);
      for (const [name, slope] of Object.entries(grads)) {
        if (slope === null) continue;
        const before = this.#slopes[name];
        this.#slopes[name] = keep(before === undefined ? slope : add(before, slope));
        before?.dispose();
      }
    });
  }

  #forgetSlopes(): void {
    for (const slope of Object.values(this.#slopes)) slope.dispose();
    this.#slopes = {};
  }
}
