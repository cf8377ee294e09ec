import { Distance } from "../distances/distance.ts";
import { checkBatch, type Batch } from "../batch/batch.ts";
import { checkNumber, describe } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import { Random } from "../matrix/random.ts";
import { isTriplets, type Tuples } from "../tuples/tuples.ts";
import type { MineOptions, Miner } from "./miner.ts";

/** What every miner that compares embeddings can be told. */
export interface MinerOptions {
  /** How embeddings are compared. Default LpDistance, unless the miner says otherwise. */
  readonly distance: Distance;
  /**
   * The most triplets that an anchor may have, or the most positive and the most negative pairs; which are kept is drawn
   * at random, each set equally likely. Default null: no bound.
   */
  readonly maxTuplesPerAnchor: number | null;
  /** Where the random numbers of a miner start. Each call of `mine` goes on from the one before. Default 0. */
  readonly seed: number;
}

/** How many tuples a call of `mine` gave. */
export interface TupleCounts {
  readonly numPosPairs: number;
  readonly numNegPairs: number;
  readonly numTriplets: number;
}

/** What a miner found in a batch. */
export interface Mined<T extends Tuples, S extends object> {
  readonly tuples: T;
  readonly statistics: S;
}

/** A miner that compares embeddings: it checks the batch, and remembers the statistics of the last one. */
export abstract class TupleMiner<T extends Tuples<Int32Array>, S extends object = object> implements Miner<T> {
  abstract readonly name: string;
  readonly distance: Distance;
  readonly maxTuplesPerAnchor: number | null;
  readonly seed: number;
  protected readonly random: Random;
  #statistics: Readonly<TupleCounts & S>;

  /** @param nothing the statistics of a batch in which nothing is found */
  constructor(options: MinerOptions, nothing: S) {
    if (!(options.distance instanceof Distance))
      throw new TypeError(`distance is ${describe(options.distance)}; give a distance, such as new LpDistance()`);
    this.distance = options.distance;
    this.maxTuplesPerAnchor = options.maxTuplesPerAnchor;
    if (this.maxTuplesPerAnchor !== null)
      checkNumber(this.maxTuplesPerAnchor, "maxTuplesPerAnchor", { atLeast: 1, integer: true });
    this.seed = checkNumber(options.seed, "seed");
    this.random = new Random(this.seed);
    this.#statistics = Object.freeze({ ...noTuples, ...nothing });
  }

  /** Figures of the last call of `mine`: how many tuples it gave, and what else this miner looks at; 0 where nothing was. */
  get statistics(): Readonly<TupleCounts & S> {
    return this.#statistics;
  }

  /**
   * The tuples worth learning from. None is no error: the lists are empty.
   *
   * @param embeddings n x d
   * @param labels one label an embedding
   * @throws TypeError, RangeError when the batch is malformed
   */
  mine(embeddings: MatrixLike, labels: Labels, options?: MineOptions): T {
    const { tuples, statistics } = this.collect(this.check(embeddings, labels, options));
    this.#statistics = Object.freeze({ ...countTuples(tuples), ...statistics });
    return tuples;
  }

  /** The batch, checked; without tuples. */
  protected check(embeddings: MatrixLike, labels: Labels, options: MineOptions = {}): Batch {
    if (labels === null || labels === undefined)
      throw new TypeError(`labels is ${describe(labels)}; ${this.name} needs one label an embedding`);
    const { reference, referenceLabels } = options;
    return checkBatch(this.name, embeddings, labels, { reference, referenceLabels });
  }

  /** Mines a checked batch. */
  protected abstract collect(batch: Batch): Mined<T, S>;

  /** Moves the entries that may stay to the front of a list of `count` tuples of one anchor; returns how many those are. */
  protected keep(list: Int32Array, count: number): number {
    const most = this.maxTuplesPerAnchor;
    if (most === null || count <= most) return count;
    for (let k = 0; k < most; k++) {
      const chosen = k + this.random.integer(count - k);
      const entry = list[k];
      list[k] = list[chosen];
      list[chosen] = entry;
    }
    return most;
  }
}

const noTuples: TupleCounts = { numPosPairs: 0, numNegPairs: 0, numTriplets: 0 };

function countTuples(tuples: Tuples): TupleCounts {
  if (isTriplets(tuples)) return { ...noTuples, numTriplets: tuples.anchors.length };
  return { ...noTuples, numPosPairs: tuples.anchors1.length, numNegPairs: tuples.anchors2.length };
}

export const minerDefaults = { maxTuplesPerAnchor: null, seed: 0 } as const;
