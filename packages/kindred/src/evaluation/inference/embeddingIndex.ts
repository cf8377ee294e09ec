import type { Distance } from "../../distances/distance.ts";
import { checkNumber, checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import type { Neighbours } from "../neighbours/nearestNeighbours.ts";
import { measureRecall, type NeighbourIndex, type NeighbourIndexBuilder } from "../neighbours/neighbourIndex.ts";
import { searchParts } from "../neighbours/searchParts.ts";
import { usualDistance } from "../neighbours/usualDistance.ts";
import { indexFromBytes, indexToBytes } from "./indexBytes.ts";
import { appendRows, decodeRows, encodeRows, type RowStorage, storages, type StoredRows } from "./rowStore.ts";

export interface EmbeddingIndexOptions {
  /** Default: the cosine, as of AccuracyCalculator, nearestNeighbours and MatchFinder. */
  readonly distance: Distance;
  /** "float32" keeps embeddings as they are; "int8" in a quarter and "bits" in a thirtieth of the bytes. Default "float32". */
  readonly storage: RowStorage;
  /**
   * Builds an index over the embeddings to search instead of all of them, anew at the first search after some were added.
   * null, the default: every embedding is looked at.
   */
  readonly knnFunc: NeighbourIndexBuilder | null;
}

/** What a recall is measured on. */
export interface RecallQuestion {
  readonly queries?: MatrixLike | undefined;
  readonly k?: number;
  readonly seed?: number | undefined;
}

/**
 * References to look for neighbours among: every one is looked at, unless there is a `knnFunc`. Rows are numbered in the
 * order they were added.
 *
 * @example
 * const index = new EmbeddingIndex();
 * index.add([[0, 0], [3, 4]]);
 * index.search([[0, 1]], 1).indices; // Int32Array [0]
 */
export class EmbeddingIndex implements NeighbourIndex {
  readonly distance: Distance;
  readonly storage: RowStorage;
  readonly knnFunc: NeighbourIndexBuilder | null;
  #stored: StoredRows | undefined;
  /** What `knnFunc` built; null: of other rows, or nothing yet. */
  #built: NeighbourIndex | null = null;

  constructor(options?: Partial<EmbeddingIndexOptions>) {
    const distance = usualDistance();
    const defaults: EmbeddingIndexOptions = { distance, storage: "float32", knnFunc: null };
    const chosen = withDefaults(options, defaults, "EmbeddingIndex");
    this.distance = chosen.distance;
    this.knnFunc = chosen.knnFunc;
    this.storage = checkOneOf(chosen.storage, "storage", storages);
  }

  get size(): number {
    return this.#stored?.rows ?? 0;
  }

  /** The bytes that the embeddings take. */
  get bytes(): number {
    return (this.#stored?.codes.length ?? 0) + (this.#stored?.scales.byteLength ?? 0);
  }

  /** Adds embeddings behind those that are there. @throws RangeError when they are of other width */
  add(embeddings: MatrixLike): void {
    const matrix = toMatrix(embeddings, "embeddings");
    if (matrix.rows === 0) return;
    this.#checkWidth(matrix, "embeddings");
    const added = encodeRows(matrix, this.storage);
    this.#stored = this.#stored === undefined ? added : appendRows(this.#stored, added);
    this.#built = null;
  }

  /**
   * The k nearest rows of each query, by the distance to the rows as they are kept.
   *
   * @param k >= 1; more than there are rows is cut to those there are, as the result's `k` says
   * @throws RangeError when k is no whole number >= 1, or the widths differ
   */
  search(query: MatrixLike, k: number): Neighbours {
    const q = toMatrix(query, "query");
    this.#checkWidth(q, "query");
    checkNumber(k, "k", { atLeast: 1, integer: true });
    const depth = Math.min(k, this.size);
    if (depth === 0) return { indices: new Int32Array(0), distances: new Float32Array(0), k: 0 };
    if (this.knnFunc === null)
      return searchParts(q, this.size, (start, end) => this.rows(start, end), depth, this.distance);
    this.#built ??= this.knnFunc(this.rows(), this.distance);
    return this.#built.search(q, depth);
  }

  /**
   * The share of the k nearest rows, as they are kept, that a search finds: 1 without a `knnFunc`.
   *
   * @param queries n x d; default: the index's own embeddings, of which a seeded sample is taken
   * @param k default 10; more than there are rows is cut to those there are
   */
  recall({ queries, k = 10, seed = 0 }: RecallQuestion = {}): number {
    return this.#recallOf(this, this.rows(), { queries, k, seed });
  }

  /** Embeddings start .. end - 1, as near as they are kept. */
  rows(start = 0, end = this.size): Matrix {
    return this.#stored === undefined ? zeros(0, 0) : decodeRows(this.#stored, start, end);
  }

  /**
   * A smaller index of the same embeddings, and the share of the k nearest neighbours that it still finds for `queries`.
   *
   * @param queries n x d; default: the index's own embeddings, of which a seeded sample is taken
   */
  quantized(
    storage: RowStorage,
    { queries, k = 10, seed = 0 }: RecallQuestion = {},
  ): { index: EmbeddingIndex; recall: number } {
    const index = new EmbeddingIndex({ distance: this.distance, storage, knnFunc: this.knnFunc });
    const own = this.rows();
    index.add(own);
    return { index, recall: this.#recallOf(index, own, { queries, k, seed }) };
  }

  /**
   * The index as one buffer, with a checksum; `extra` is kept with it.
   *
   * @throws TypeError when `extra` is nothing that JSON can hold
   */
  save(extra: unknown = null): Uint8Array<ArrayBuffer> {
    const { name, p, power, normalizeEmbeddings } = this.distance;
    const stored = this.#stored ?? encodeRows(zeros(0, 0), this.storage);
    return indexToBytes(stored, { distance: { name, p, power, normalizeEmbeddings }, extra: checkJson(extra) });
  }

  /**
   * The index that {@link EmbeddingIndex.save} wrote, and what was kept with it.
   *
   * @param bytes any Uint8Array: a Buffer of Node, or a view at any offset, is one
   * @param distance that it was built for; one of another name or options is refused
   * @param knnFunc as in {@link EmbeddingIndexOptions}; what it built is not saved
   * @throws TypeError when they are no Uint8Array; RangeError when they are damaged, of another version or no index
   */
  static load(
    bytes: Uint8Array,
    distance: Distance = usualDistance(),
    knnFunc: NeighbourIndexBuilder | null = null,
  ): { index: EmbeddingIndex; extra: unknown } {
    const { stored, description } = indexFromBytes(bytes);
    const { distance: saved, extra } = description;
    if (saved === undefined || extra === undefined || Object.keys(description).length !== 2)
      throw new RangeError("the index is damaged: its description has not just distance and extra; build it anew");
    const { name, p, power, normalizeEmbeddings } = distance;
    const own = JSON.stringify({ name, p, power, normalizeEmbeddings });
    if (JSON.stringify(saved) !== own)
      throw new RangeError(
        `the index was built for the distance ${JSON.stringify(saved)}, given ${own}; give the same distance`,
      );
    const index = new EmbeddingIndex({ distance, storage: stored.storage, knnFunc });
    if (stored.rows > 0) index.#stored = stored;
    return { index, extra };
  }

  #recallOf(index: EmbeddingIndex, own: Matrix, { queries, k, seed }: RecallQuestion & { k: number }): number {
    const depth = Math.min(checkNumber(k, "k", { atLeast: 1, integer: true }), this.size);
    const query = queries === undefined ? own : toMatrix(queries, "queries");
    return depth === 0 ? 1 : measureRecall(index, query, own, depth, { distance: this.distance, seed });
  }

  #checkWidth(matrix: Matrix, name: string): void {
    if (this.#stored !== undefined && matrix.rows > 0 && matrix.cols !== this.#stored.cols)
      throw new RangeError(
        `${name} has ${matrix.cols} columns, the index ${this.#stored.cols}; embeddings of one model are equally wide`,
      );
  }
}

function checkJson(extra: unknown): unknown {
  try {
    if (JSON.stringify(extra) !== undefined) return extra;
  } catch {
    // told below
  }
  throw new TypeError(
    `extra is ${describe(extra)}, which JSON cannot hold; give null, or lists and objects of words and numbers`,
  );
}
