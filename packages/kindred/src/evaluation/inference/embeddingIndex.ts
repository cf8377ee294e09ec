import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import { type Neighbours, nearestNeighbours } from "../neighbours/nearestNeighbours.ts";
import { measureRecall, type NeighbourIndex } from "../neighbours/neighbourIndex.ts";
import { TopK } from "../neighbours/topK.ts";
import { indexFromBytes, indexToBytes } from "./indexBytes.ts";
import { appendRows, decodeRows, encodeRows, type RowStorage, storages, type StoredRows } from "./rowStore.ts";

export interface EmbeddingIndexOptions {
  /** Default: Euclidean, not normalized. */
  readonly distance: Distance;
  /** "float32" keeps embeddings as they are; "int8" in a quarter and "bits" in a thirtieth of the bytes. Default "float32". */
  readonly storage: RowStorage;
}

/** Rows decoded and searched at a time. */
const CHUNK_ROWS = 2 ** 14;

/**
 * References to look for neighbours among: every one is looked at. Rows are numbered in the order they were added.
 *
 * @example
 * const index = new EmbeddingIndex();
 * index.add([[0, 0], [3, 4]]);
 * index.search([[0, 1]], 1).indices; // Int32Array [0]
 */
export class EmbeddingIndex implements NeighbourIndex {
  readonly distance: Distance;
  readonly storage: RowStorage;
  #stored: StoredRows | undefined;

  constructor(options?: Partial<EmbeddingIndexOptions>) {
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const chosen = withDefaults<EmbeddingIndexOptions>(options, { distance, storage: "float32" }, "EmbeddingIndex");
    this.distance = chosen.distance;
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
  }

  /**
   * The k nearest rows of each query, by the distance to the rows as they are kept.
   *
   * @throws RangeError when k is more than there are rows, or the widths differ
   */
  search(query: MatrixLike, k: number): Neighbours {
    const q = toMatrix(query, "query");
    this.#checkWidth(q, "query");
    checkNumber(k, "k", { atLeast: 1, integer: true });
    if (k > this.size)
      throw new RangeError(`k is ${k}, but the index holds ${this.size} embeddings; give k <= ${this.size}`);
    const topK = new TopK(q.rows, k);
    const sign = this.distance.isInverted ? 1 : -1;
    for (let start = 0; start < this.size; start += CHUNK_ROWS) {
      const chunk = this.rows(start, Math.min(start + CHUNK_ROWS, this.size));
      const found = nearestNeighbours(q, chunk, Math.min(k, chunk.rows), { distance: this.distance });
      for (let i = 0; i < q.rows; i++) offerFound(topK, i, found, start, sign);
    }
    return collected(topK, q.rows, sign);
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
    { queries, k = 10, seed = 0 }: { queries?: MatrixLike; k?: number; seed?: number } = {},
  ): { index: EmbeddingIndex; recall: number } {
    const index = new EmbeddingIndex({ distance: this.distance, storage });
    const own = this.rows();
    index.add(own);
    const query = queries === undefined ? own : toMatrix(queries, "queries");
    const depth = Math.min(k, this.size);
    const recall = depth === 0 ? 1 : measureRecall(index, query, own, depth, { distance: this.distance, seed });
    return { index, recall };
  }

  /** The index as one buffer, with a checksum; `extra` (JSON) is kept with it. */
  save(extra: unknown = null): Uint8Array<ArrayBuffer> {
    const { name, p, power, normalizeEmbeddings } = this.distance;
    const stored = this.#stored ?? encodeRows(zeros(0, 0), this.storage);
    return indexToBytes(stored, { distance: { name, p, power, normalizeEmbeddings }, extra });
  }

  /**
   * The index that {@link EmbeddingIndex.save} wrote, and what was kept with it.
   *
   * @param distance that it was built for; one of another name or options is refused
   * @throws RangeError when the bytes are damaged, of another version or no index
   */
  static load(
    bytes: Uint8Array,
    distance: Distance = new LpDistance({ normalizeEmbeddings: false }),
  ): { index: EmbeddingIndex; extra: unknown } {
    const { stored, description } = indexFromBytes(bytes);
    const { distance: saved, extra } = description as { distance: unknown; extra: unknown };
    const { name, p, power, normalizeEmbeddings } = distance;
    const own = JSON.stringify({ name, p, power, normalizeEmbeddings });
    if (JSON.stringify(saved) !== own)
      throw new RangeError(
        `the index was built for the distance ${JSON.stringify(saved)}, given ${own}; give the same distance`,
      );
    const index = new EmbeddingIndex({ distance, storage: stored.storage });
    if (stored.rows > 0) index.#stored = stored;
    return { index, extra };
  }

  #checkWidth(matrix: Matrix, name: string): void {
    if (this.#stored !== undefined && matrix.rows > 0 && matrix.cols !== this.#stored.cols)
      throw new RangeError(
        `${name} has ${matrix.cols} columns, the index ${this.#stored.cols}; embeddings of one model are equally wide`,
      );
  }
}

function offerFound(topK: TopK, i: number, found: Neighbours, shift: number, sign: number): void {
  for (let r = i * found.k; r < (i + 1) * found.k; r++) {
    const score = sign * found.distances[r];
    if (score > topK.thresholds[i]) topK.offer(i, found.indices[r] + shift, score);
  }
}

function collected(topK: TopK, rows: number, sign: number): Neighbours {
  const { k } = topK;
  const indices = new Int32Array(rows * k);
  const distances = new Float32Array(rows * k);
  for (let i = 0; i < rows; i++) {
    const { from } = topK.sorted(i);
    for (let r = 0; r < k; r++) {
      indices[i * k + r] = topK.ids[from + r];
      distances[i * k + r] = sign * topK.scores[from + r];
    }
  }
  return { indices, distances, k };
}
