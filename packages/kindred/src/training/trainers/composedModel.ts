import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import type { Loading } from "../../state/loading.ts";
import { learnAtOnce } from "../learnBatch.ts";
import type { Model } from "../model.ts";
import type { Stage } from "../stage.ts";
import type { StateDict } from "../stateDict.ts";
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
  readonly #trunk: Model;
  readonly #embedder: Stage | null;
  readonly #moves: Moves;

  constructor(models: EmbeddingModels & ModelsByName, moves: Moves) {
    this.models = models;
    this.#trunk = models.trunk;
    this.#embedder = models.embedder ?? null;
    this.#moves = moves;
    const all = Object.values(models);
    if (all.some((model) => model.state === undefined || model.load === undefined)) return;
    this.state = () => saveModels(models);
    this.load = (state) => loadModels(models, state);
    if (all.every((model) => model.prepareLoad !== undefined))
      this.prepareLoad = (state) => prepareModels(models, state);
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
