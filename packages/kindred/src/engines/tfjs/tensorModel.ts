import {
  add,
  dispose,
  keep,
  mul,
  type Optimizer,
  type Scalar,
  sum,
  type Tensor,
  tidy,
  tensor,
  type Variable,
  variable,
  variableGrads,
} from "@tensorflow/tfjs-core";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { checkSlope, requireEmbedded } from "../../training/backwardChecks.ts";
import type { Stage } from "../../training/stage.ts";
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

/** The inputs while their slope is asked for: no name that a variable of the caller's has. */
const inputsName = (count: number): string => `kindred/inputs ${count}`;
let inputsNamed = 0;

/** A function of tensors as a {@link Model}, which may stand behind another one. */
export class TensorModel implements Stage {
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

  /** @throws RangeError when nothing was embedded with `isTraining`, or the slope is not of the embeddings' shape */
  backward(gradient: Matrix): void {
    const inputs = requireEmbedded(this.#inputs);
    this.#pullBack(inputs, () => gradient);
  }

  /**
   * {@link TensorModel.backward}, and d loss / d inputs.
   *
   * @throws as {@link TensorModel.backward}; TypeError when the output does not follow from the inputs, TensorFlow.js's own error when
   *   an operation on the way has no gradient
   */
  backwardToInputs(gradient: Matrix): Matrix {
    const inputs = requireEmbedded(this.#inputs);
    const tracked = tidy(() => variable(this.#inputTensor(inputs), true, inputsName(inputsNamed++)));
    try {
      return this.#pullBack(inputs, () => gradient, tracked)!;
    } finally {
      tracked.dispose();
    }
  }

  learn(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix): void {
    this.#pullBack(inputs, slopeOf);
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

  /**
   * Runs the function and pulls the slope of its output back. The slope is asked for while the function is on TensorFlow.js's tape,
   * outside of any operation: a model that stands behind this one can be pulled through then.
   *
   * @param tracked the inputs, when their slope is asked for
   * @returns the inputs' slope; null: it was not asked for
   */
  #pullBack(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix, tracked: Variable | null = null): Matrix | null {
    provideFilterGradient();
    // the value of this scalar is never used; only its slope is
    const objective = (): Scalar => {
      const output = this.#apply(tracked ?? this.#inputTensor(inputs), true);
      const embeddings = fromTensor(output, "the model's output");
      const slope = slopeOf(embeddings);
      checkSlope(slope, embeddings);
      return sum(mul(output, toTensor(slope)));
    };
    let ofInputs: Matrix | null = null;
    tidy(() => {
      const variables = tracked === null ? [...this.#variables] : [...this.#variables, tracked];
      const { grads } = variableGrads(objective, variables);
      if (tracked !== null) ofInputs = slopeOfInputs(grads[tracked.name] ?? null, inputs);
      for (const { name } of this.#variables) {
        const slope = grads[name] ?? null;
        if (slope === null) continue;
        const before = this.#slopes[name];
        this.#slopes[name] = keep(before === undefined ? slope : add(before, slope));
        before?.dispose();
      }
    });
    return ofInputs;
  }

  #forgetSlopes(): void {
    for (const slope of Object.values(this.#slopes)) slope.dispose();
    this.#slopes = {};
  }
}

/** @throws TypeError when there is none */
function slopeOfInputs(slope: Tensor | null, { rows, cols }: Matrix): Matrix {
  if (slope === null)
    throw new TypeError(
      "the model's output does not follow from its inputs, so that nothing can be pulled back through it; " +
        "give another model to stand behind the first",
    );
  return { data: Float32Array.from(slope.dataSync()), rows, cols };
}
