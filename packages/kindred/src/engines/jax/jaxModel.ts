import type { Array as JaxArray, OwnedFunction } from "@jax-js/jax";
import { describe } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import { keptMatrix } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import { checkSlope, requireEmbedded } from "../../training/backwardChecks.ts";
import { prepareModel, saveModel, type TrainedParts } from "../../training/modelState.ts";
import { type Optimizer, pairWithGradients } from "../../training/optimizer.ts";
import type { Stage } from "../../training/stage.ts";
import type { StateDict } from "../../training/stateDict.ts";
import { type NamedMatrices, writeAll } from "../../training/weights/namedMatrices.ts";
import { batchShape, type InputShape } from "../shapes/inputShape.ts";
import { jax } from "./library.ts";
import { ParameterStore, type ParameterTree, toArray } from "./parameterTree.ts";

/** From the parameters, inputs and whether it is for training, to embeddings. */
export type Apply<P extends ParameterTree> = (parameters: P, inputs: JaxArray, isTraining: boolean) => JaxArray;

interface JaxModelOptions {
  readonly optimizer: Optimizer;
  readonly inputShape: InputShape;
  /** Whether the function is compiled. */
  readonly jit: boolean;
}

/** The function for training or for embedding, compiled or as it is. */
type Program<P> = ((parameters: P, inputs: JaxArray) => JaxArray) & { dispose?(): void };

/** What `backward` needs of the last `embed` with `isTraining`. */
interface Tape<P> {
  /** To the slopes of the parameters, and of the inputs where these are on the tape. */
  readonly pull: OwnedFunction<(slope: JaxArray) => [P, JaxArray?]>;
  readonly inputs: Matrix;
  readonly rows: number;
  readonly cols: number;
}

/** A function of jax-js as a {@link Model}, which may stand behind another one. */
export class JaxModel<P extends ParameterTree = ParameterTree> implements Stage {
  readonly #apply: Apply<P>;
  readonly #store: ParameterStore<P>;
  readonly #optimizer: Optimizer;
  readonly #inputShape: InputShape;
  readonly #isCompiled: boolean;
  readonly #programs = new Map<boolean, Program<P>>();
  #tape: Tape<P> | null = null;
  /** Whether the slope of the inputs is asked for: it is on the tape from then on. */
  #pullsInputs = false;
  #gradients: Record<string, Matrix> = {};

  constructor(apply: Apply<P>, parameters: P, { optimizer, inputShape, jit }: JaxModelOptions) {
    this.#apply = apply;
    this.#store = new ParameterStore(parameters);
    this.#optimizer = optimizer;
    this.#inputShape = inputShape;
    this.#isCompiled = jit;
  }

  /** The weights, live: by their way through the tree ("layers.0.weights"), the last dimension of each as columns. */
  get parameters(): NamedMatrices {
    return this.#store.matrices;
  }

  /** @throws RangeError for an unknown name or another shape */
  set parameters(values: NamedMatrices) {
    writeAll(this.#store.matrices, values);
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

  /** The weights as they are now, as arrays of jax-js in the tree that was given; yours to pass on or to dispose. */
  arrays(): P {
    return this.#store.arrays();
  }

  /** @throws RangeError when a row does not have the entries of inputShape; TypeError when the output has not one row a sample */
  embed(given: MatrixLike, isTraining = false): Matrix {
    const matrix = toMatrix(given, "inputs");
    if (isTraining) return this.#record(matrix);
    return readOutput(this.#program(false)(this.arrays(), this.#inputArray(matrix)), matrix.rows);
  }

  /** @throws RangeError when nothing was embedded with `isTraining`, or the slope is not of the embeddings' shape */
  backward(gradient: Matrix): void {
    this.#pullBack(gradient)?.dispose();
  }

  /** {@link JaxModel.backward}, and d loss / d inputs. The first time the function is run once more for it. */
  backwardToInputs(gradient: Matrix): Matrix {
    const { inputs } = requireEmbedded(this.#tape);
    checkSlope(gradient, this.#tape!);
    if (!this.#pullsInputs) {
      this.#pullsInputs = true;
      this.#record(inputs);
    }
    const { rows, cols } = inputs;
    const slope = this.#pullBack(gradient);
    return slope === null ? zeros(rows, cols) : { data: slope.dataSync() as Float32Array, rows, cols };
  }

  /** Embeds, and keeps what pulls slopes back. */
  #record(matrix: Matrix): Matrix {
    const program = this.#program(true);
    const inputs = this.#inputArray(matrix);
    this.#forgetTape();
    const [output, pull] = this.#pullsInputs
      ? jax.vjp(program as never, [this.arrays(), inputs] as never)
      : jax.vjp(((parameters: P) => program(parameters, inputs)) as never, [this.arrays()] as never);
    try {
      const embeddings = readOutput(output, matrix.rows);
      this.#tape = { pull: pull as never, inputs: matrix, rows: embeddings.rows, cols: embeddings.cols };
      return embeddings;
    } catch (error) {
      pull.dispose();
      throw error;
    }
  }

  /** @returns the inputs' slope; null: it is not on the tape, or there are no rows */
  #pullBack(gradient: Matrix): JaxArray | null {
    const tape = requireEmbedded(this.#tape);
    checkSlope(gradient, tape);
    // the slopes that jax-js gives of a batch without rows are whatever lay in memory
    if (tape.rows === 0) return null;
    const [slopes, ofInputs] = tape.pull(toArray(gradient.data, [tape.rows, tape.cols]));
    for (const [name, slope] of Object.entries(this.#store.read(slopes))) addTo(this.#gradients, name, slope);
    return ofInputs ?? null;
  }

  #inputArray(matrix: Matrix): JaxArray {
    return toArray(matrix.data, batchShape(matrix, this.#inputShape));
  }

  step(): void {
    this.#optimizer.update(this.parameters, this.#gradients);
    this.forget();
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
    this.#forgetTape();
    this.#gradients = {};
  }

  /** Frees what the model holds in jax-js: its tape and its compiled programs. They are made again when it is used again. */
  dispose(): void {
    this.forget();
    for (const program of this.#programs.values()) program.dispose?.();
    this.#programs.clear();
  }

  get #parts(): TrainedParts {
    const { parameters } = this;
    const record = Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [`parameters.${name}`, keptMatrix(parameter)]),
    );
    return { kind: "JaxModel", record, optimizer: this.#optimizer, parameters };
  }

  #program(isTraining: boolean): Program<P> {
    let program = this.#programs.get(isTraining);
    if (program === undefined) {
      const run = (parameters: P, inputs: JaxArray): JaxArray => this.#apply(parameters, inputs, isTraining);
      program = this.#isCompiled ? (jax.jit(run as never) as unknown as Program<P>) : run;
      this.#programs.set(isTraining, program);
    }
    return program;
  }

  #forgetTape(): void {
    this.#tape?.pull.dispose();
    this.#tape = null;
  }
}

/** The embeddings; the array is consumed. */
function readOutput(output: JaxArray, rows: number): Matrix {
  if (!(output instanceof jax.Array))
    throw new TypeError(`the model's output is ${describe(output)}; give an array of jax-js`);
  const [outputRows, cols] = output.shape;
  if (output.ndim !== 2 || outputRows !== rows || output.dtype !== jax.numpy.float32) {
    const given = `an array of ${output.dtype} of shape [${output.shape.join(", ")}] for ${rows} samples`;
    output.dispose();
    throw new TypeError(
      `the model's output is ${given}; give float32 with one row a sample and one column a dimension`,
    );
  }
  return { data: output.dataSync() as Float32Array, rows, cols };
}

function addTo(sums: Record<string, Matrix>, name: string, slope: Matrix): void {
  const sum = sums[name];
  if (sum === undefined) sums[name] = slope;
  else for (let k = 0; k < sum.data.length; k++) sum.data[k] += slope.data[k];
}
