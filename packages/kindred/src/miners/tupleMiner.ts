import { batchOf, type Batch } from "../batch/batch.ts";
import { asPrepared } from "../batch/preparedBatch.ts";
import type { Distance } from "../distances/distance.ts";
import { checkNames, describe } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import { Random } from "../matrix/random.ts";
import { descriptionOf } from "../options/descriptionOf.ts";
import type { OptionArguments, OptionValues } from "../options/option.ts";
import { readOptions } from "../options/readOptions.ts";
import { keptRandom } from "../state/entries.ts";
import type { Loading } from "../state/loading.ts";
import type { State } from "../state/state.ts";
import { prepareState, saveState, type StateRecord } from "../state/stateRecord.ts";
import { checkTuples } from "../tuples/anchorLists.ts";
import { rememberGrouping } from "../tuples/grouping.ts";
import { isTriplets, type Tuples } from "../tuples/tuples.ts";
import type { MineOptions, Miner } from "./miner.ts";
import type { MinerDescription } from "./minerDescription.ts";
import type { MinerOptionRecord } from "./minerOptions.ts";

/** How many tuples a call of `mine` gave. */
export interface TupleCounts {
  readonly numPosPairs: number;
  readonly numNegPairs: number;
  readonly numTriplets: number;
}

/** What a miner found in a batch. */
export interface Mined<T extends Tuples, S extends object = object> {
  readonly tuples: T;
  readonly statistics: S;
}

/**
 * A miner that compares embeddings. A subclass has a static `description` (see {@link MinerDescription}), from which its
 * options come, and collects tuples; here the batch is checked and the statistics of the last one remembered.
 *
 * R is the record of its options, T what it gives, S what its statistics tell besides how many that were.
 */
export abstract class TupleMiner<
  R extends MinerOptionRecord = MinerOptionRecord,
  T extends Tuples<Int32Array> = Tuples<Int32Array>,
  S extends object = object,
> implements Miner<T> {
  readonly name: string;
  readonly description: MinerDescription;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<R>;
  readonly distance: Distance;
  /** The most tuples of an anchor; null: no bound. */
  protected readonly most: number | null;
  protected random: Random;
  #statistics: Readonly<TupleCounts & S>;

  /**
   * @throws TypeError when an option is unknown or of another type, or the class has no description; RangeError when a
   *   value is out of bounds
   */
  constructor(...[given]: OptionArguments<R>) {
    const description = (this.description = descriptionOf<MinerDescription>(new.target, "miner"));
    this.name = description.name;
    this.options = readOptions(description.options as unknown as R, given, this.name);
    const options = this.options as unknown as OptionValues<MinerOptionRecord>;
    this.distance = options.distance;
    this.most = options.maxTuplesPerAnchor ?? null;
    this.random = new Random(options.seed ?? 0);
    this.#statistics = Object.freeze({ ...noTuples, ...(description.figures as S) });
  }

  /** Figures of the last call of `mine`: how many tuples it gave, and what else this miner looks at; 0 where nothing was. */
  get statistics(): Readonly<TupleCounts & S> {
    return this.#statistics;
  }

  /**
   * The tuples worth learning from. None is no error: the lists are empty.
   *
   * @param embeddings n x d; a prepared batch is one too, and a loss that is given the same neither checks its tuples nor
   *   groups them again
   * @param labels one label an embedding
   * @throws TypeError, RangeError when the batch is malformed
   */
  mine(embeddings: MatrixLike, labels: Labels, options?: MineOptions): T {
    const batch = this.check(embeddings, labels, options);
    const { tuples, statistics } = this.collect(batch);
    if (batch.prepared === embeddings) rememberGrouping(tuples, batch.prepared, batch.embeddings.rows);
    this.#statistics = Object.freeze({ ...countTuples(tuples), ...statistics });
    return tuples;
  }

  state(): State {
    return saveState(this.name, this.#record);
  }

  load(state: State): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: State): Loading {
    return prepareState(this.name, this.#record, state);
  }

  restorePoint(): () => void {
    const before = this.random.state();
    return () => {
      this.random = Random.restore(before);
    };
  }

  get #record(): StateRecord {
    return { random: keptRandom({ get: () => this.random, set: (random) => (this.random = random) }) };
  }

  /** The batch, checked. @param tuples what to choose from instead of all that labels make */
  protected check(
    embeddings: MatrixLike,
    labels: Labels,
    options: MineOptions = {},
    tuples: Tuples | null = null,
  ): Batch {
    checkNames(options, ["reference", "referenceLabels"], `${this.name}.mine`);
    if (tuples === null && (labels === null || labels === undefined))
      throw new TypeError(`labels is ${describe(labels)}; ${this.name} needs one label an embedding`);
    const { reference, referenceLabels } = options;
    const prepared = asPrepared(embeddings, labels, { reference, referenceLabels });
    if (tuples !== null) checkTuples(tuples, prepared.rows, (prepared.reference ?? prepared).rows);
    else if (prepared.referenceCodes === null)
      throw new TypeError(
        `${this.name} was given a reference without referenceLabels; each of its rows needs one label`,
      );
    return batchOf(prepared, { tuples });
  }

  /** Mines a checked batch. */
  protected abstract collect(batch: Batch): Mined<T, S>;

  /** Moves the entries that may stay to the front of a list of `count` tuples of one anchor; returns how many those are. */
  protected keep(list: Int32Array, count: number): number {
    const { most } = this;
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
