import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import type { Loading } from "../../state/loading.ts";
import { learnAtOnce } from "../learnBatch.ts";
import type { Model } from "../model.ts";
import type { Stage } from "../stage.ts";
import { parted, type StateDict } from "../stateDict.ts";
import { type NamedMatrices, pairUp } from "../weights/namedMatrices.ts";
import { loadModels, type ModelsByName, prepareModels, saveModels } from "./modelStates.ts";

/** What makes embeddings of inputs. */
export interface EmbeddingModels {
  /** What the inputs go through first. */
  readonly trunk: Model;
  /** Makes embeddings of what the trunk gives. Default: they are the embeddings. */
  readonly embedder?: Stage;
}

/** Whether a model of this name is moved by the step under way. */
export type Moves = (name: string) => boolean;

/**
 * Several models trained as one: embeddings = embedder(trunk(inputs)), further models beside them. A step moves those that
 * `moves` names, each by its own optimizer; the others forget their slopes. The state holds each model's, its names behind
 * the model's: "trunk.weights0".
 */
export class ComposedModel implements Model {
  /** All by their names. */
  readonly models: ModelsByName;
  /** Missing where a model has no state, as its owner must save it then. */
  readonly state?: () => StateDict | Promise<StateDict>;
  readonly load?: (state: StateDict) => void | Promise<void>;
  /** Missing where a model has none. */
  readonly prepareLoad?: (state: StateDict) => Loading;
  /** What each learning rate is of the trunk's. */
  readonly #rates: Readonly<Record<string, number>> | undefined;
  readonly #trunk: Model;
  readonly #embedder: Stage | null;
  readonly #moves: Moves;

  constructor(models: EmbeddingModels & ModelsByName, moves: Moves) {
    this.models = models;
    this.#trunk = models.trunk;
    this.#embedder = models.embedder ?? null;
    this.#moves = moves;
    this.#rates = ratesOf(models);
    const all = Object.values(models);
    if (all.some((model) => model.state === undefined || model.load === undefined)) return;
    this.state = () => saveModels(models);
    this.load = (state) => loadModels(models, state);
    if (all.every((model) => model.prepareLoad !== undefined))
      this.prepareLoad = (state) => prepareModels(models, state);
  }

  /** The trunk's. Set, those of the others follow in proportion. undefined where a model has none. */
  get learningRate(): number | undefined {
    return this.#rates && this.#trunk.learningRate;
  }

  set learningRate(learningRate: number | undefined) {
    if (learningRate === undefined) return;
    for (const [name, rate] of Object.entries(this.#rates ?? {})) this.models[name].learningRate = rate * learningRate;
  }

  /** Those of all models by name, "trunk.weights0". undefined where a model has none. */
  get parameters(): NamedMatrices | undefined {
    return gathered(this.models, ({ parameters }) => parameters);
  }

  /** @throws RangeError for an unknown name or another shape */
  set parameters(values: NamedMatrices) {
    pairUp(this.parameters ?? {}, values, "value");
    for (const [name, model] of Object.entries(this.models)) model.parameters = parted(values, `${name}.`).within;
  }

  /** Those of the models that are moved, by the names of {@link parameters}. */
  get gradients(): NamedMatrices | undefined {
    return gathered(this.models, ({ gradients }, name) => (this.#moves(name) ? gradients : gradients && {}));
  }

  /** @throws RangeError for an unknown name or another shape */
  set gradients(slopes: NamedMatrices) {
    pairUp(this.parameters ?? {}, slopes, "slope");
    for (const [name, model] of Object.entries(this.models)) model.gradients = parted(slopes, `${name}.`).within;
  }

  embed(inputs: MatrixLike, isTraining = false): Matrix {
    const features = this.#trunk.embed(toMatrix(inputs, "inputs"), isTraining && this.#moves("trunk"));
    return this.forward(features, isTraining);
  }

  backward(gradient: Matrix): void {
    const slopes = this.pull(gradient);
    if (this.#moves("trunk")) this.#trunk.backward(slopes);
  }

  learn(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix): void {
    const slopeOfFeatures = (features: Matrix): Matrix => this.pull(slopeOf(this.forward(features, true)));
    if (this.#moves("trunk")) learnAtOnce(this.#trunk, inputs, slopeOfFeatures);
    else slopeOfFeatures(this.#trunk.embed(inputs));
  }

  step(): void {
    for (const [name, model] of Object.entries(this.models))
      if (this.#moves(name)) model.step();
      else model.forget?.();
  }

  forget(): void {
    for (const model of Object.values(this.models)) model.forget?.();
  }

  dispose(): void {
    for (const model of Object.values(this.models)) model.dispose?.();
  }

  /** What is made of the trunk's features. */
  protected forward(features: Matrix, isTraining: boolean): Matrix {
    return this.#embedder?.embed(features, isTraining) ?? features;
  }

  /** Pulls the slope of the last {@link ComposedModel.forward} back to the trunk's features. */
  protected pull(gradient: Matrix): Matrix {
    return this.#embedder?.backwardToInputs(gradient) ?? gradient;
  }
}

/** Matrices of all models, each name behind its model's; undefined where one has none. */
function gathered(
  models: ModelsByName,
  matricesOf: (model: Model, name: string) => NamedMatrices | undefined,
): NamedMatrices | undefined {
  const all: Record<string, Matrix> = {};
  for (const [name, model] of Object.entries(models)) {
    const matrices = matricesOf(model, name);
    if (matrices === undefined) return undefined;
    for (const [own, matrix] of Object.entries(matrices)) all[`${name}.${own}`] = matrix;
  }
  return all;
}

/** Each learning rate over the trunk's; undefined where a model has none. */
function ratesOf(models: EmbeddingModels & ModelsByName): Readonly<Record<string, number>> | undefined {
  const rates: Record<string, number> = {};
  for (const [name, { learningRate }] of Object.entries(models)) {
    if (learningRate === undefined || models.trunk.learningRate === undefined) return undefined;
    rates[name] = learningRate / models.trunk.learningRate;
  }
  return rates;
}
