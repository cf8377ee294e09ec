import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import type { Neighbours } from "../neighbours/nearestNeighbours.ts";
import { type Calibration, type CalibrationTarget, calibrateThreshold } from "./calibration.ts";
import { type Embedder, embedAll, toUnitRows } from "./embedder.ts";
import { EmbeddingIndex } from "./embeddingIndex.ts";
import { type Matches, MatchFinder } from "./matchFinder.ts";
import { fromSavedLabels, toSavedLabel } from "./savedLabels.ts";

export interface InferenceOptions {
  /** What turns inputs into embeddings. null, the default: inputs are embeddings. */
  readonly model: Embedder | null;
  /** Default: cosine similarity of at least 0.9. */
  readonly matchFinder: MatchFinder;
  /** Divides embeddings by their length. Default true. */
  readonly normalizeEmbeddings: boolean;
  /** Where references are kept and looked for. Default: an empty {@link EmbeddingIndex}. */
  readonly index: EmbeddingIndex;
  /** How many inputs are embedded at a time. Default 64. */
  readonly batchSize: number;
}

/** Neighbours with their labels, where the references have some. */
export interface LabelledNeighbours extends Neighbours {
  /** The label of each neighbour, at the place of its index; undefined when references were added without labels. */
  readonly labels: readonly Label[] | undefined;
}

/**
 * A trained model in use: finds the nearest references of an input, and decides whether two inputs match.
 *
 * @example
 * const inference = new InferenceModel({ model });
 * inference.trainKnn(gallery, names);
 * inference.getNearestNeighbors(photos, 3).labels;
 */
export class InferenceModel {
  readonly #options: InferenceOptions;
  #matchFinder: MatchFinder;
  #index: EmbeddingIndex;
  #labels: Label[] = [];

  constructor(options?: Partial<InferenceOptions>) {
    const index = new EmbeddingIndex();
    const matchFinder = new MatchFinder();
    const defaults: InferenceOptions = { model: null, matchFinder, normalizeEmbeddings: true, index, batchSize: 64 };
    this.#options = withDefaults(options, defaults, "InferenceModel");
    checkNumber(this.#options.batchSize, "batchSize", { atLeast: 1, integer: true });
    this.#index = this.#options.index;
    this.#matchFinder = this.#options.matchFinder;
  }

  /** The references. */
  get index(): EmbeddingIndex {
    return this.#index;
  }

  /** Pairs at least as near match. */
  get threshold(): number {
    return this.#matchFinder.threshold;
  }

  /** The embeddings of inputs, normalized unless told otherwise. */
  getEmbeddings(inputs: MatrixLike): Matrix {
    const { model, batchSize, normalizeEmbeddings } = this.#options;
    const embeddings = embedAll(model ?? undefined, toMatrix(inputs, "inputs"), batchSize);
    return normalizeEmbeddings ? toUnitRows(embeddings) : embeddings;
  }

  /** Makes these inputs the references, in place of any before. */
  trainKnn(inputs: MatrixLike, labels?: Labels): void {
    const { distance, storage, knnFunc } = this.#index;
    const embeddings = this.#labelled(inputs, labels, 0);
    this.#index = new EmbeddingIndex({ distance, storage, knnFunc });
    this.#labels = [];
    this.#add(embeddings, labels);
  }

  /** Adds inputs to the references. @throws RangeError when only some references would have labels */
  addToKnn(inputs: MatrixLike, labels?: Labels): void {
    this.#add(this.#labelled(inputs, labels, this.#index.size), labels);
  }

  /** The k nearest references of each input; more than there are is cut to those there are, as the result's `k` says. */
  getNearestNeighbors(query: MatrixLike, k: number): LabelledNeighbours {
    const found = this.#index.search(this.getEmbeddings(query), k);
    const labels = this.#labels.length === 0 ? undefined : Array.from(found.indices, (id) => this.#labels[id]);
    return { ...found, labels };
  }

  /** Whether input i of x matches input i of y, for each i. */
  isMatch(x: MatrixLike, y: MatrixLike, threshold?: number): boolean[] {
    return this.#matchFinder.isMatch(this.getEmbeddings(x), this.getEmbeddings(y), threshold);
  }

  /** All pairs of a query and a reference that match; without a reference, of two queries. */
  getMatches(query: MatrixLike, reference?: MatrixLike, threshold?: number): Matches {
    const others = reference === undefined ? undefined : this.getEmbeddings(reference);
    return this.#matchFinder.getMatchingPairs(this.getEmbeddings(query), others, threshold);
  }

  /**
   * Sets the threshold to the best one on labelled inputs, by default that of the best F1.
   *
   * @throws RangeError when no threshold achieves the target; the threshold then stays as it was
   */
  calibrate(inputs: MatrixLike, labels: Labels, target: CalibrationTarget = "f1"): Calibration {
    const { distance } = this.#matchFinder;
    const found = calibrateThreshold({ query: this.getEmbeddings(inputs), queryLabels: labels }, distance, target);
    if (Number.isNaN(found.threshold))
      throw new RangeError(
        "no threshold achieves the target on these inputs; ask for less, or use a model that tells more apart",
      );
    this.#matchFinder = new MatchFinder({ distance, threshold: found.threshold });
    return found;
  }

  /** The references and their labels as one buffer. */
  saveKnn(): Uint8Array<ArrayBuffer> {
    return this.#index.save(this.#labels.map(toSavedLabel));
  }

  /**
   * Takes the references that {@link InferenceModel.saveKnn} wrote; bytes that are refused change nothing.
   *
   * @param bytes any Uint8Array: a Buffer of Node, or a view at any offset, is one
   * @throws TypeError when they are no Uint8Array; RangeError when they are damaged, or hold no labels of references
   */
  loadKnn(bytes: Uint8Array): void {
    const { index, extra } = EmbeddingIndex.load(bytes, this.#index.distance, this.#index.knnFunc);
    this.#labels = fromSavedLabels(extra, index.size);
    this.#index = index;
  }

  #labelled(inputs: MatrixLike, labels: Labels | undefined, size: number): Matrix {
    if (labels !== undefined) encodeLabels(labels, "labels");
    const embeddings = this.getEmbeddings(inputs);
    if (labels !== undefined) encodeLabels(labels, "labels");
    if (labels !== undefined && labels.length !== embeddings.rows)
      throw new RangeError(
        `labels has ${labels.length} entries for ${embeddings.rows} inputs; each row needs one label`,
      );
    if (size > 0 && embeddings.rows > 0 && (labels !== undefined) !== this.#labels.length > 0)
      throw new RangeError("some references would have labels and some none; give labels always or never");
    return embeddings;
  }

  #add(embeddings: Matrix, labels: Labels | undefined): void {
    this.#index.add(embeddings);
    if (labels !== undefined) for (let i = 0; i < labels.length; i++) this.#labels.push(labels[i]);
  }
}
