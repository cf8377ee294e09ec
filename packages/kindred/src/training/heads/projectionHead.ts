import { toUnitRows } from "../../evaluation/inference/embedder.ts";
import type { LinearMap } from "../../evaluation/projection/linearMap.ts";
import { checkNumber, checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { type Loading, prepareAll } from "../../state/loading.ts";
import { stateFromBytes, stateToBytes } from "../../state/stateBytes.ts";
import { prepareState } from "../../state/stateRecord.ts";
import { Adam } from "../adam.ts";
import { MlpModel, type MlpShape, type SavedMlp } from "../mlpModel.ts";
import type { Model } from "../model.ts";
import type { Optimizer } from "../optimizer.ts";
import { parted, prefixed, type StateDict } from "../stateDict.ts";
import type { NamedMatrices } from "../weights/namedMatrices.ts";

/** What the names of the parts' states begin with. */
const MAP = "map.";
const RESIDUAL = "residual.";

const learners = ["map", "residual", "lowRank"] as const;
/** Columns between the two factors of what is added, where that is of low rank. */
const USUAL_RANK = 32;

/** What of a {@link ProjectionHead} is trained: its linear map, or an MLP or a product of two narrow matrices that is added to it. */
export type LearningPart = (typeof learners)[number];

/** Options of {@link ProjectionHead}. */
export interface ProjectionHeadOptions {
  /** The linear map that it begins as: {@link whitening}, {@link identityMap} or any other. */
  readonly map: LinearMap;
  /** What is trained; default "map". */
  readonly learns?: LearningPart;
  /**
   * Columns of the hidden layer of what is added. Default null: as many as the embeddings have with `learns: "residual"`, 32 or as many
   * as the embeddings have with "lowRank".
   */
  readonly hiddenSize?: number | null;
  /** Seed of the hidden layer's first weights; default 0. */
  readonly seed?: number;
  /** Moves what is trained; default `new Adam()`. It belongs to this head alone. */
  readonly optimizer?: Optimizer;
}

/** A head at rest, as plain data. */
export interface SavedProjection {
  readonly kind: "projection";
  readonly map: SavedMlp;
  /** What is added to the rows brought to length 1; null: nothing, and rows keep their length. */
  readonly residual: SavedMlp | null;
}

/**
 * A head that begins as a linear map and changes it little:
 *
 *     learns "map":       e = x W + b
 *     learns "residual":  u = (x W + b) / |x W + b|,   e = u + MLP(u)     (the MLP's last layer begins at zero)
 *     learns "lowRank":   u as above,   e = u + u A B + b                 (A d x hiddenSize, B begins at zero)
 *
 * Before the first step the embeddings have the neighbours that the map gives them, by cosine, whatever the loss.
 *
 *     const head = new ProjectionHead({ map: whitening(classSpectrum(vectors, labels)) });
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 */
export class ProjectionHead implements Model {
  readonly learns: LearningPart;
  readonly #map: MlpModel;
  readonly #residual: MlpModel | null;

  constructor(options: ProjectionHeadOptions) {
    const { map, learns, hiddenSize, seed, optimizer } = withDefaults<Required<ProjectionHeadOptions>>(
      options,
      { map: undefined as never, learns: "map", hiddenSize: null, seed: 0, optimizer: new Adam() },
      "ProjectionHead",
    );
    if (typeof map !== "object" || map === null)
      throw new TypeError(`ProjectionHead's map is ${describe(map)}; give a linear map, such as identityMap(size)`);
    checkOneOf(learns, "learns", learners);
    if (hiddenSize !== null) checkNumber(hiddenSize, "hiddenSize", { atLeast: 1, integer: true });
    const { cols } = map.weights;
    this.learns = learns;
    this.#map = linearModel(map, learns === "map" ? optimizer : new Adam());
    const hidden = [hiddenSize ?? (learns === "lowRank" ? Math.min(USUAL_RANK, cols) : cols)];
    const activation = learns === "lowRank" ? "linear" : "relu";
    this.#residual =
      learns === "map"
        ? null
        : nothingYet(new MlpModel({ inputSize: cols, hidden, outputSize: cols, activation, seed, optimizer }));
  }

  /** The head that gives the embeddings the saved one gave. @throws RangeError when `saved` is no saved head */
  static restore(saved: SavedProjection, { optimizer }: { readonly optimizer?: Optimizer } = {}): ProjectionHead {
    if (saved?.kind !== "projection")
      throw new RangeError(
        `the saved head is of kind ${describe(saved?.kind)}; give what ProjectionHead.save returned`,
      );
    const map = MlpModel.restore(saved.map);
    const residual = saved.residual ? MlpModel.restore(saved.residual) : null;
    checkParts(map.shape, residual && residual.shape);
    const head = new ProjectionHead({
      map: { mean: new Float64Array(map.shape.inputSize), weights: map.parameters.weights0 },
      learns: residual === null ? "map" : residual.shape.activation === "linear" ? "lowRank" : "residual",
      hiddenSize: residual?.shape.hidden[0] ?? null,
      ...(optimizer && { optimizer }),
    });
    copyParameters(map, head.#map);
    if (residual !== null && head.#residual !== null) copyParameters(residual, head.#residual);
    return head;
  }

  /**
   * The head that {@link toBytes} wrote.
   *
   * @throws TypeError, RangeError when the bytes are damaged, or hold something else
   */
  static fromBytes(bytes: Uint8Array, options: { readonly optimizer?: Optimizer } = {}): ProjectionHead {
    return ProjectionHead.restore(stateFromBytes<SavedProjection>(bytes), options);
  }

  /** The shape of its linear map. */
  get shape(): Required<MlpShape> {
    return this.#map.shape;
  }

  get inputSize(): number {
    return this.shape.inputSize;
  }

  get outputSize(): number {
    return this.shape.outputSize;
  }

  /** What is trained, live. */
  get parameters(): NamedMatrices {
    return this.#learner.parameters;
  }

  set parameters(values: NamedMatrices) {
    this.#learner.parameters = values;
  }

  /** The slopes of {@link parameters} since the last `step`. */
  get gradients(): NamedMatrices {
    return this.#learner.gradients;
  }

  set gradients(slopes: NamedMatrices) {
    this.#learner.gradients = slopes;
  }

  /** The optimizer's. */
  get learningRate(): number {
    return this.#learner.learningRate;
  }

  set learningRate(learningRate: number) {
    this.#learner.learningRate = learningRate;
  }

  get #learner(): MlpModel {
    return this.#residual ?? this.#map;
  }

  /** @throws RangeError when the inputs have other than inputSize columns */
  embed(inputs: MatrixLike, isTraining = false): Matrix {
    if (this.#residual === null) return this.#map.embed(inputs, isTraining);
    const unit = toUnitRows(this.#map.embed(inputs));
    const sum = this.#residual.embed(unit, isTraining);
    for (let k = 0; k < sum.data.length; k++) sum.data[k] += unit.data[k];
    return sum;
  }

  backward(gradient: Matrix): void {
    this.#learner.backward(gradient);
  }

  step(): void {
    this.#learner.step();
  }

  forget(): void {
    this.#learner.forget();
  }

  state(): StateDict {
    return {
      kind: "ProjectionHead",
      ...prefixed(this.#map.state(), MAP),
      ...(this.#residual && prefixed(this.#residual.state(), RESIDUAL)),
    };
  }

  load(state: StateDict): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: StateDict): Loading {
    return prepareAll(this.#prepared(state));
  }

  *#prepared(state: StateDict): Iterable<Loading> {
    const isObject = typeof state === "object" && state !== null && !Array.isArray(state);
    const { within: map, others } = isObject ? parted(state, MAP) : { within: {}, others: state };
    const { within: residual, others: own } =
      isObject && this.#residual !== null ? parted(others, RESIDUAL) : { within: {}, others };
    yield prepareState("ProjectionHead", {}, own);
    yield this.#map.prepareLoad(map);
    if (this.#residual !== null) yield this.#residual.prepareLoad(residual);
  }

  /** The head at rest: copies, without the optimizer. */
  save(): SavedProjection {
    return { kind: "projection", map: this.#map.save(), residual: this.#residual?.save() ?? null };
  }

  /** The head at rest as bytes, as {@link stateToBytes} writes them. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return stateToBytes(this.save());
  }
}

/** (x - mean) W = x W + b as a model without a hidden layer. */
function linearModel({ mean, weights }: LinearMap, optimizer: Optimizer): MlpModel {
  const { rows, cols } = toMatrix(weights, "map.weights");
  if (mean.length !== rows)
    throw new RangeError(`map.mean has ${mean.length} entries and map.weights ${rows} rows; give one for each column`);
  const model = new MlpModel({ inputSize: rows, outputSize: cols, optimizer });
  const { weights0, bias0 } = model.parameters;
  weights0.data.set(weights.data);
  const bias = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) bias[j] -= mean[i] * weights.data[i * cols + j];
  bias0.data.set(bias);
  return model;
}

/** The MLP with a last layer of zeros, which therefore adds nothing. */
function nothingYet(model: MlpModel): MlpModel {
  model.parameters.weights1.data.fill(0);
  return model;
}

/** @throws RangeError when the two are not what a ProjectionHead is made of */
function checkParts(map: Shape, residual: Shape | null): void {
  const size = map.outputSize;
  if (map.hidden.length > 0)
    throw new RangeError(`the saved head's map has ${map.hidden.length} hidden layers; a linear map has none`);
  if (residual === null) return;
  const { inputSize, hidden, outputSize, activation } = residual;
  if (inputSize !== size || outputSize !== size || hidden.length !== 1 || !["relu", "linear"].includes(activation))
    throw new RangeError(
      `what the saved head adds is an MLP ${[inputSize, ...hidden, outputSize].join(" > ")} with ${activation}; ` +
        `${size} > a hidden layer > ${size} with relu or linear is needed`,
    );
}

type Shape = Required<MlpShape>;

function copyParameters(from: MlpModel, to: MlpModel): void {
  for (const [name, { data }] of Object.entries(from.parameters)) to.parameters[name].data.set(data);
}
