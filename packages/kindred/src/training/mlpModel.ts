import { checkNames, checkNumber, checkOneOf, describe, withDefaults } from "../matrix/checks.ts";
import { learnedZeros, type Matrix, type MatrixLike, toMatrix, zeros } from "../matrix/matrix.ts";
import { Random } from "../matrix/random.ts";
import { checkStateMatrix, checkStateNames, type UncheckedState } from "../state/checkState.ts";
import { keptMatrix } from "../state/entries.ts";
import type { Loading } from "../state/loading.ts";
import { stateFromBytes, stateToBytes } from "../state/stateBytes.ts";
import { type Activation, activations } from "./activation.ts";
import { Adam } from "./adam.ts";
import { checkSlope, requireEmbedded } from "./backwardChecks.ts";
import { multiply, transposed } from "./matrixProduct.ts";
import { prepareModel, saveModel, type TrainedParts } from "./modelState.ts";
import { type Optimizer, pairWithGradients } from "./optimizer.ts";
import type { Stage } from "./stage.ts";
import { copyMatrix, type StateDict } from "./stateDict.ts";
import { type NamedMatrices, writeAll } from "./weights/namedMatrices.ts";

/** The shape of an {@link MlpModel}. */
export interface MlpShape {
  /** Columns of the inputs, >= 1. */
  readonly inputSize: number;
  /** Sizes of the hidden layers, each >= 1; default none: a linear head. */
  readonly hidden?: readonly number[];
  /** Columns of the embeddings, >= 1; default 64. */
  readonly outputSize?: number;
  /** The bend after each hidden layer: "relu" (default), "tanh", "sigmoid", or "linear", which is none. */
  readonly activation?: Activation;
}

/** Options of {@link MlpModel}. */
export interface MlpOptions extends MlpShape {
  /** Seed of the first weights; default 0. */
  readonly seed?: number;
  /** Moves the weights; default `new Adam()`. It belongs to this model alone. */
  readonly optimizer?: Optimizer;
}

/** A model at rest, as plain data: its shape and copies of its weights. */
export interface SavedMlp {
  readonly kind: "mlp";
  readonly shape: Required<MlpShape>;
  readonly parameters: NamedMatrices;
}

interface Layer {
  /** inputs x outputs */
  readonly weights: Matrix;
  /** 1 x outputs */
  readonly bias: Matrix;
}

const defaults = {
  inputSize: 0,
  hidden: [] as readonly number[],
  outputSize: 64,
  activation: "relu" as Activation,
  seed: 0,
};

/**
 * A linear head or a multilayer perceptron, without an engine:
 *
 *     h_0 = inputs;  h_l = activation(h_(l-1) W_l + b_l);  embeddings = h_(L-1) W_L + b_L
 *
 * The weights begin as normal random numbers of the variance that suits the activation, the biases as 0.
 *
 *     const model = new MlpModel({ inputSize: 512, hidden: [256], outputSize: 64, seed: 1 });
 *     const embeddings = model.embed(inputs);
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 */
export class MlpModel implements Stage {
  readonly shape: Required<MlpShape>;
  readonly #layers: readonly Layer[];
  readonly #optimizer: Optimizer;
  /** What each layer was given in the last `embed` with `isTraining`. */
  #layerInputs: readonly Matrix[] | null = null;
  #gradients: Record<string, Matrix> = {};

  constructor(options: MlpOptions) {
    const { seed, optimizer, ...shape } = withDefaults<Required<MlpOptions>>(
      options,
      { ...defaults, optimizer: new Adam() },
      "MlpModel",
    );
    this.shape = checkShape(shape);
    this.#optimizer = optimizer;
    const random = new Random(seed);
    const sizes = [shape.inputSize, ...shape.hidden, shape.outputSize];
    this.#layers = sizes.slice(1).map((outputs, l) => randomLayer(sizes[l], outputs, shape.activation, random));
  }

  /** Columns of the inputs. */
  get inputSize(): number {
    return this.shape.inputSize;
  }

  /** Columns of the embeddings. */
  get outputSize(): number {
    return this.shape.outputSize;
  }

  /**
   * A model that gives the embeddings the saved one gave.
   *
   * @throws TypeError, RangeError when `saved` is no saved MLP: its shape and weights are compared before memory is taken
   */
  static restore(saved: SavedMlp, options: { readonly optimizer?: Optimizer } = {}): MlpModel {
    if (saved?.kind !== "mlp")
      throw new RangeError(`the saved model is of kind ${describe(saved?.kind)}; give what MlpModel.save returned`);
    const { optimizer } = withDefaults<{ readonly optimizer?: Optimizer | undefined }>(
      options,
      { optimizer: undefined },
      "MlpModel.restore",
    );
    const shape = checkSavedShape(saved.shape);
    checkSavedParameters(saved.parameters, shape);
    const model = new MlpModel({ ...shape, ...(optimizer && { optimizer }) });
    for (const [name, { data }] of Object.entries(model.parameters)) data.set(saved.parameters[name].data);
    return model;
  }

  /**
   * The model that {@link toBytes} wrote.
   *
   * @throws TypeError, RangeError when the bytes are damaged, or hold something else
   */
  static fromBytes(bytes: Uint8Array, options: { readonly optimizer?: Optimizer } = {}): MlpModel {
    return MlpModel.restore(stateFromBytes<SavedMlp>(bytes), options);
  }

  /** The weights, live: "weights0" (inputs x outputs), "bias0" (1 x outputs), "weights1" ... */
  get parameters(): NamedMatrices {
    return Object.fromEntries(
      this.#layers.flatMap(({ weights, bias }, l) => [
        [`weights${l}`, weights],
        [`bias${l}`, bias],
      ]),
    );
  }

  /** @throws RangeError for an unknown name or another shape */
  set parameters(values: NamedMatrices) {
    writeAll(this.parameters, values);
  }

  /** The slopes that `backward` has added up since the last `step`, by the names of {@link parameters}. */
  get gradients(): NamedMatrices {
    return this.#gradients;
  }

  /** @throws RangeError for an unknown name or another shape */
  set gradients(slopes: NamedMatrices) {
    pairWithGradients(this.parameters, slopes);
    this.#gradients = { ...slopes };
  }

  /** The optimizer's. */
  get learningRate(): number {
    return this.#optimizer.learningRate;
  }

  set learningRate(learningRate: number) {
    this.#optimizer.learningRate = learningRate;
  }

  /** @throws RangeError when the inputs have other than inputSize columns */
  embed(inputs: MatrixLike, isTraining = false): Matrix {
    const matrix = toMatrix(inputs, "inputs");
    if (matrix.cols !== this.shape.inputSize && matrix.rows > 0)
      throw new RangeError(
        `inputs has ${matrix.cols} columns; the model was built with inputSize = ${this.shape.inputSize}`,
      );
    const { apply } = activations[this.shape.activation];
    const layerInputs: Matrix[] = [];
    let signal = matrix;
    this.#layers.forEach(({ weights, bias }, l) => {
      layerInputs.push(signal);
      signal = multiply(signal, weights);
      addToRows(signal, bias.data);
      if (l < this.#layers.length - 1) mapInPlace(signal, apply);
    });
    if (isTraining) this.#layerInputs = layerInputs;
    return signal;
  }

  /** @throws RangeError when nothing was embedded with `isTraining`, or the slope is not of the embeddings' shape */
  backward(gradient: Matrix): void {
    this.#pullThroughFirst(this.#pullToFirst(gradient));
  }

  /** {@link MlpModel.backward}, and d loss / d inputs. */
  backwardToInputs(gradient: Matrix): Matrix {
    const signal = this.#pullToFirst(gradient);
    this.#pullThroughFirst(signal);
    return multiply(signal, transposed(this.#layers[0].weights));
  }

  /** Pulls the slope back to the outputs of the first layer, before their bend. */
  #pullToFirst(gradient: Matrix): Matrix {
    const layerInputs = requireEmbedded(this.#layerInputs);
    checkSlope(gradient, { rows: layerInputs[0].rows, cols: this.shape.outputSize });
    const { slope } = activations[this.shape.activation];
    let signal = gradient;
    for (let l = this.#layers.length - 1; l > 0; l--) {
      this.#pullThrough(l, layerInputs[l], signal);
      signal = multiply(signal, transposed(this.#layers[l].weights));
      const outputs = layerInputs[l].data;
      for (let k = 0; k < outputs.length; k++) signal.data[k] *= slope(outputs[k]);
    }
    return signal;
  }

  #pullThroughFirst(signal: Matrix): void {
    this.#pullThrough(0, this.#layerInputs![0], signal);
  }

  /** Adds to the slopes of a layer's weights. */
  #pullThrough(l: number, inputs: Matrix, signal: Matrix): void {
    this.#accumulate(`weights${l}`, multiply(transposed(inputs), signal));
    this.#accumulate(`bias${l}`, sumOfRows(signal));
  }

  step(): void {
    this.#optimizer.update(this.parameters, this.#gradients);
    this.#gradients = {};
  }

  /** The model at rest: its shape and copies of its weights, without the optimizer. */
  save(): SavedMlp {
    const parameters = Object.fromEntries(
      Object.entries(this.parameters).map(([name, parameter]) => [name, copyMatrix(parameter)]),
    );
    return { kind: "mlp", shape: { ...this.shape, hidden: [...this.shape.hidden] }, parameters };
  }

  /** The model at rest as bytes, as {@link stateToBytes} writes them. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return stateToBytes(this.save());
  }

  state(): StateDict {
    return saveModel(this.#parts);
  }

  load(state: StateDict): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: StateDict): Loading {
    return prepareModel(this.#parts, state, () => this.forget());
  }

  forget(): void {
    this.#layerInputs = null;
    this.#gradients = {};
  }

  get #parts(): TrainedParts {
    const { parameters } = this;
    const record = Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [name, keptMatrix(parameter)]),
    );
    return { kind: "MlpModel", record, optimizer: this.#optimizer, parameters };
  }

  #accumulate(name: string, gradient: Matrix): void {
    const sum = this.#gradients[name];
    if (sum === undefined) this.#gradients[name] = gradient;
    else for (let k = 0; k < sum.data.length; k++) sum.data[k] += gradient.data[k];
  }
}

function checkShape(shape: Required<MlpShape>): Required<MlpShape> {
  checkNumber(shape.inputSize, "inputSize", { atLeast: 1, integer: true });
  checkNumber(shape.outputSize, "outputSize", { atLeast: 1, integer: true });
  const hidden: unknown = shape.hidden;
  if (!Array.isArray(hidden))
    throw new TypeError(`hidden is ${describe(shape.hidden)}; give an array with the size of each hidden layer`);
  shape.hidden.forEach((size, l) => checkNumber(size, `hidden[${l}]`, { atLeast: 1, integer: true }));
  checkOneOf(shape.activation, "activation", Object.keys(activations) as Activation[]);
  return { ...shape, hidden: [...shape.hidden] };
}

/** @throws TypeError, RangeError when it is no whole shape */
function checkSavedShape(shape: Required<MlpShape>): Required<MlpShape> {
  const names = ["inputSize", "hidden", "outputSize", "activation"] as const;
  checkNames(shape, names, "the shape of the saved model");
  const missing = names.find((name) => shape[name] === undefined);
  if (missing !== undefined)
    throw new RangeError(`the shape of the saved model has no ${missing}; give what MlpModel.save returned`);
  return checkShape(shape);
}

/** @throws TypeError, RangeError when the parameters are not those of such a model */
function checkSavedParameters(parameters: unknown, { inputSize, hidden, outputSize }: Required<MlpShape>): void {
  const name = "the parameters of the saved model";
  if (typeof parameters !== "object" || parameters === null)
    throw new TypeError(`${name} are ${describe(parameters)}; give what MlpModel.save returned`);
  const sizes = [inputSize, ...hidden, outputSize];
  const shapes = sizes.slice(1).flatMap((cols, l): [string, { rows: number; cols: number }][] => [
    [`weights${l}`, { rows: sizes[l], cols }],
    [`bias${l}`, { rows: 1, cols }],
  ]);
  const given = parameters as UncheckedState;
  checkStateNames(given, shapes.map(([parameter]) => parameter), name, "MlpModel"); // prettier-ignore
  for (const [parameter, shape] of shapes) checkStateMatrix(given[parameter], `the saved model's ${parameter}`, shape);
}

function randomLayer(inputs: number, outputs: number, activation: Activation, random: Random): Layer {
  const weights = learnedZeros(inputs, outputs, "a layer");
  const deviation = Math.sqrt(activations[activation].variance(inputs, outputs));
  for (let k = 0; k < weights.data.length; k++) weights.data[k] = deviation * random.normal();
  return { weights, bias: zeros(1, outputs) };
}

function addToRows(matrix: Matrix, row: Float32Array): void {
  const { data, rows, cols } = matrix;
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++, k++) data[k] += row[j];
}

function sumOfRows({ data, rows, cols }: Matrix): Matrix {
  const sums = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++, k++) sums[j] += data[k];
  return { data: Float32Array.from(sums), rows: 1, cols };
}

function mapInPlace({ data }: Matrix, apply: (x: number) => number): void {
  for (let k = 0; k < data.length; k++) data[k] = apply(data[k]);
}
