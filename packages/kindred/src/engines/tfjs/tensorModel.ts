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
import { type NamedMatrices, pairUp } from "../../training/weights/namedMatrices.ts";
import { batchShape, type InputShape } from "../shapes/inputShape.ts";
import { fromTensor, toTensor } from "./convert.ts";
import { provideFilterGradient } from "./filterGradient.ts";
import { checkTensorState, flatten, takeTensorState, tensorState } from "./tensorState.ts";

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
    // The optimizers know a variable's memory by its place: each has its own, also without a slope.
    const trainable = this.#variables.filter((variable) => variable.trainable);
    const slopes = trainable.map(({ name }) => ({ name, tensor: this.#slopes[name] ?? null }));
    this.#optimizer.applyGradients(slopes);
    this.#forgetSlopes();
  }

  /** Copies of the variables by their names; waits for the backend. */
  get parameters(): NamedMatrices {
    return Object.fromEntries(this.#variables.map((variable) => [variable.name, flatten(variable)]));
  }

  /** @throws RangeError for an unknown name or another shape */
  set parameters(values: NamedMatrices) {
    const pairs = pairUp(this.parameters, values, "value");
    const variables = new Map(this.#variables.map((variable) => [variable.name, variable]));
    tidy(() => {
      for (const { name, partner } of pairs) {
        const variable = variables.get(name)!;
        variable.assign(tensor(partner.data.slice(), variable.shape, variable.dtype));
      }
    });
  }

  /** Copies of the slopes since the last step, by the variables' names; waits for the backend. */
  get gradients(): NamedMatrices {
    return Object.fromEntries(Object.entries(this.#slopes).map(([name, slope]) => [name, flatten(slope)]));
  }

  /** @throws RangeError for an unknown name or another shape */
  set gradients(slopes: NamedMatrices) {
    const pairs = pairUp(this.parameters, slopes, "slope");
    const shapes = new Map(this.#variables.map(({ name, shape }) => [name, shape]));
    this.#forgetSlopes();
    for (const { name, partner } of pairs) this.#slopes[name] = keep(tensor(partner.data.slice(), shapes.get(name)));
  }

  /** What the optimizer is set to; undefined where it has none. */
  get learningRate(): number | undefined {
    return (this.#optimizer as { learningRate?: number }).learningRate;
  }

  set learningRate(learningRate: number) {
    const optimizer = this.#optimizer as { learningRate?: number; setLearningRate?: (rate: number) => void };
    if (optimizer.setLearningRate !== undefined) optimizer.setLearningRate(learningRate);
    else optimizer.learningRate = learningRate;
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
