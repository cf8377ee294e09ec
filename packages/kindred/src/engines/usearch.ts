/** kindred and usearch: reached as `kindred/usearch`, beside which `usearch` is installed. */
import { BatchMatches, Index, MetricKind, ScalarKind } from "usearch";
import type { Distance } from "../distances/distance.ts";
import { DotProductSimilarity } from "../distances/dotProductSimilarity.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Neighbours } from "../evaluation/neighbours/nearestNeighbours.ts";
import type { NeighbourIndex, NeighbourIndexBuilder } from "../evaluation/neighbours/neighbourIndex.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";

/** Options of {@link usearchIndex}: more of each finds more neighbours, slower. */
export interface UsearchOptions {
  /** Links of a reference to others, >= 2. Default 16. */
  readonly connectivity: number;
  /** Candidates that are kept while a reference is linked, >= 1. Default 128. */
  readonly expansionAdd: number;
  /** Candidates that are kept while a query is answered, >= 1; never fewer than the neighbours asked for. Default 64. */
  readonly expansionSearch: number;
  /** Threads that build and search; 0: all cores. With more than one the links, and so the recall, vary a little. Default 1. */
  readonly threads: number;
}

const defaults: UsearchOptions = { connectivity: 16, expansionAdd: 128, expansionSearch: 64, threads: 1 };

/** Queries that are handed to usearch at a time. */
const QUERIES = 1024;

/** How usearch's figure for a pair becomes the distance. */
interface Measure {
  readonly metric: MetricKind;
  readonly toDistance: (figure: number) => number;
}

/**
 * Indexes that find nearly all of the nearest references by walking a graph of neighbours (HNSW), without looking at each.
 * Building the graph takes longer than one exact search of as many queries; it pays where a set that stays is searched
 * again and again.
 *
 *     new AccuracyCalculator({ knnFunc: usearchIndex() }).getAccuracy({ query, queryLabels }).indexRecall
 *     new EmbeddingIndex({ knnFunc: usearchIndex({ expansionSearch: 256 }) })
 *     mineHardNegatives({ anchors, labels }, { knnFunc: usearchIndex({ threads: 0 }) })
 *
 * @returns a builder; it throws a TypeError for a distance other than the Euclidean one, dot products and cosines
 * @throws TypeError, RangeError for an option that is none or out of bounds
 *
 * Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small
 * World graphs" (2018).
 */
export function usearchIndex(options?: Partial<UsearchOptions>): NeighbourIndexBuilder {
  const chosen = withDefaults(options, defaults, "usearchIndex");
  checkNumber(chosen.connectivity, "connectivity", { atLeast: 2, integer: true });
  checkNumber(chosen.expansionAdd, "expansionAdd", { atLeast: 1, integer: true });
  checkNumber(chosen.expansionSearch, "expansionSearch", { atLeast: 1, integer: true });
  checkNumber(chosen.threads, "threads", { atLeast: 0, integer: true });
  return (reference, distance) => new UsearchIndex(reference, distance, chosen);
}

class UsearchIndex implements NeighbourIndex {
  readonly size: number;
  readonly #index: Index;
  readonly #distance: Distance;
  readonly #measure: Measure;
  readonly #threads: number;

  constructor(reference: Matrix, distance: Distance, options: UsearchOptions) {
    this.size = reference.rows;
    this.#distance = distance;
    this.#measure = measureOf(distance);
    this.#threads = options.threads;
    this.#index = new Index({
      dimensions: Math.max(1, reference.cols),
      metric: this.#measure.metric,
      quantization: ScalarKind.F32,
      connectivity: options.connectivity,
      expansion_add: options.expansionAdd,
      expansion_search: options.expansionSearch,
      multi: false,
    });
    if (this.size === 0) return;
    const keys = BigUint64Array.from({ length: this.size }, (_, i) => BigInt(i));
    this.#index.add(keys, distance.normalize(reference).data, this.#threads);
  }

  search(query: Matrix, k: number): Neighbours {
    const indices = new Int32Array(query.rows * k).fill(-1);
    const distances = new Float32Array(query.rows * k).fill(this.#distance.isInverted ? -Infinity : Infinity);
    const { data, cols } = this.#distance.normalize(query);
    for (let start = 0; start < query.rows; start += QUERIES) {
      const rows = Math.min(QUERIES, query.rows - start);
      const part = data.subarray(start * cols, (start + rows) * cols);
      const found = this.#index.search(part, k, this.#threads);
      for (let i = 0; i < rows; i++) {
        // of a single query usearch gives the answer itself
        const { keys, distances: figures } = found instanceof BatchMatches ? found.get(i) : found;
        keys.forEach((key, r) => (indices[(start + i) * k + r] = Number(key)));
        figures.forEach((figure, r) => (distances[(start + i) * k + r] = this.#measure.toDistance(figure)));
      }
    }
    return { indices, distances, k };
  }
}

function measureOf(distance: Distance): Measure {
  const { p, power } = distance;
  if (distance instanceof LpDistance && p === 2 && power > 0)
    return { metric: MetricKind.L2sq, toDistance: (figure) => figure ** (power / 2) };
  if (distance instanceof DotProductSimilarity && power === 1)
    return { metric: MetricKind.IP, toDistance: (figure) => 1 - figure };
  throw new TypeError(
    `usearch compares by the Euclidean distance, dot products or cosines, not by ${distance.name} with p = ${p} and power = ${power}; ` +
      "give one of those, or leave knnFunc out and every reference is looked at",
  );
}
