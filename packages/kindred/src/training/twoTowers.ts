import { describe } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { type Loading, prepareAll } from "../state/loading.ts";
import type { Model } from "./model.ts";
import { parted, prefixed, type StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

const QUERY = "query.";
const DOCUMENT = "document.";

/** What {@link TwoTowers} is made of. */
export interface Towers<M extends Model = Model> {
  /** Embeds the first column of rows: anchors, the first view. */
  readonly query: M;
  /**
   * Embeds the other columns; null: they are embeddings already and stay as they are, so that an index of them need not be built
   * again (a query-only adapter).
   */
  readonly document: Model | null;
}

/**
 * One model for queries and another for what they are compared with.
 *
 *     const towers = new TwoTowers({ query: new ProjectionHead({ map: identityMap(384) }), document: null });
 *     const trainer = new Trainer({ model: towers, loss, sampler, data: { anchors: questions, positives: answers } });
 *     towers.embedQuery(question);
 *
 * As one model it embeds queries; both move in a step. Weights, slopes and states have the names of the towers' own behind
 * "query." and "document.".
 *
 * @throws TypeError when a tower is no model, or both are the same one: that is no two towers
 */
export class TwoTowers implements Model {
  readonly query: Model;
  readonly document: Model | null;

  constructor({ query, document }: Towers) {
    if (typeof query?.embed !== "function")
      throw new TypeError(`query is ${describe(query)}; give the model that embeds queries`);
    if (document !== null && typeof document?.embed !== "function")
      throw new TypeError(
        `document is ${describe(document)}; give a model, or null to leave the documents as they are`,
      );
    if (query === document)
      throw new TypeError(
        "query and document are the same model; give it to the Trainer by itself, it embeds all columns",
      );
    this.query = query;
    this.document = document;
  }

  get #all(): readonly (readonly [prefix: string, model: Model])[] {
    return [[QUERY, this.query] as const, ...(this.document === null ? [] : [[DOCUMENT, this.document] as const])];
  }

  /** The embeddings of queries. */
  embed(inputs: Matrix, isTraining = false): Matrix {
    return this.query.embed(inputs, isTraining);
  }

  /** The embeddings of queries, n x d. */
  embedQuery(inputs: Matrix): Matrix {
    return this.query.embed(inputs);
  }

  /** The embeddings of documents, n x d: without a tower of theirs what is given. */
  embedDocument(inputs: Matrix): Matrix {
    return this.document === null ? inputs : this.document.embed(inputs);
  }

  /** @throws TypeError always: a slope belongs to one of the towers */
  backward(): void {
    throw new TypeError("a slope belongs to one of two towers; give the Trainer rows of two columns or more");
  }

  step(): void {
    for (const [, model] of this.#all) model.step();
  }

  forget(): void {
    for (const [, model] of this.#all) model.forget?.();
  }

  dispose(): void {
    for (const [, model] of this.#all) model.dispose?.();
  }

  /** The query tower's; set, both take it. */
  get learningRate(): number | undefined {
    return this.query.learningRate;
  }

  set learningRate(learningRate: number | undefined) {
    for (const [, model] of this.#all) model.learningRate = learningRate;
  }

  /** undefined where a tower has none. */
  get parameters(): NamedMatrices | undefined {
    return this.#joined(({ parameters }) => parameters);
  }

  set parameters(parameters: NamedMatrices | undefined) {
    this.#part(parameters, (model, own) => (model.parameters = own));
  }

  get gradients(): NamedMatrices | undefined {
    return this.#joined(({ gradients }) => gradients);
  }

  set gradients(gradients: NamedMatrices | undefined) {
    this.#part(gradients, (model, own) => (model.gradients = own));
  }

  /** @throws TypeError when a tower has no state: whoever owns it must save it */
  async state(): Promise<StateDict> {
    const states = await Promise.all(
      this.#all.map(async ([prefix, model]) => {
        if (model.state === undefined)
          throw new TypeError(`the model of ${prefix.slice(0, -1)} has no state; give it one`);
        return prefixed(await model.state(), prefix);
      }),
    );
    return Object.assign({}, ...states) as StateDict;
  }

  async load(state: StateDict): Promise<void> {
    if (this.#all.every(([, model]) => model.prepareLoad !== undefined)) return this.prepareLoad(state).take();
    for (const [prefix, model] of this.#all) await model.load?.(parted(state, prefix).within);
  }

  prepareLoad(state: StateDict): Loading {
    return prepareAll(this.#all.map(([prefix, model]) => model.prepareLoad!(parted(state, prefix).within)));
  }

  #joined(of: (model: Model) => NamedMatrices | undefined): NamedMatrices | undefined {
    const joined: Record<string, Matrix> = {};
    for (const [prefix, model] of this.#all) {
      const own = of(model);
      if (own === undefined) return undefined;
      for (const [name, matrix] of Object.entries(own)) joined[prefix + name] = matrix;
    }
    return joined;
  }

  #part(given: NamedMatrices | undefined, give: (model: Model, own: NamedMatrices | undefined) => void): void {
    for (const [prefix, model] of this.#all) {
      const own = Object.entries(given ?? {}).filter(([name]) => name.startsWith(prefix));
      give(model, given && Object.fromEntries(own.map(([name, matrix]) => [name.slice(prefix.length), matrix])));
    }
  }
}
