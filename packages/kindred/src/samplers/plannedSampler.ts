import { Random } from "../matrix/random.ts";
import { descriptionOf } from "../options/descriptionOf.ts";
import type { OptionArguments, OptionValues } from "../options/option.ts";
import { readOptions } from "../options/readOptions.ts";
import { keptCount } from "../state/entries.ts";
import type { Loading } from "../state/loading.ts";
import { prepareState, saveState, type StateRecord } from "../state/stateRecord.ts";
import type { BatchSampler, SamplerState } from "./batchSampler.ts";
import type { SamplerDescription } from "./samplerDescription.ts";
import type { SamplerOptionRecord } from "./samplerOptions.ts";

/** The batches of one epoch: batch b is rows[starts[b]] .. rows[starts[b + 1] - 1]. */
export interface EpochPlan {
  readonly rows: Int32Array;
  readonly starts: Int32Array;
}

/**
 * A sampler whose epoch is a function of the seed and the epoch's number alone, so that it resumes anywhere by making the
 * plan again and walking to where it stood. A subclass has a static `description` (see {@link SamplerDescription}), from
 * which its options come, and plans.
 *
 * R is the record of its options.
 */
export abstract class PlannedSampler<R extends SamplerOptionRecord = SamplerOptionRecord> implements BatchSampler {
  readonly name: string;
  readonly description: SamplerDescription;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<R>;
  readonly batchSize: number;
  abstract readonly batchesPerEpoch: number;
  readonly #seed: number;
  #epoch = 0;
  #batch = 0;

  /**
   * @throws TypeError when an option is unknown or of another type, or the class has no description; RangeError when a
   *   value is out of bounds
   */
  constructor(...[given]: OptionArguments<R>) {
    const description = (this.description = descriptionOf<SamplerDescription>(new.target, "sampler"));
    this.name = description.name;
    this.options = readOptions(description.options as unknown as R, given, this.name);
    const { batchSize, seed } = this.options as unknown as OptionValues<SamplerOptionRecord>;
    this.batchSize = batchSize;
    this.#seed = seed;
  }

  /** The batches of an epoch; `random` is seeded by seed and epoch. */
  protected abstract plan(random: Random): EpochPlan;

  *epoch(): IterableIterator<Int32Array> {
    // the seed as a fraction keeps its digits beside the epoch, however large it is
    const { rows, starts } = this.plan(new Random(new Random(this.#seed).uniform() + this.#epoch));
    const batches = starts.length - 1;
    while (this.#batch < batches) {
      const batch = this.#batch++;
      yield rows.slice(starts[batch], starts[batch + 1]);
    }
    this.#epoch++;
    this.#batch = 0;
  }

  state(): SamplerState {
    return saveState(this.name, this.stateRecord) as SamplerState;
  }

  /** @throws TypeError, RangeError when it is no state of such a sampler */
  load(state: SamplerState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: SamplerState): Loading {
    return prepareState(this.name, this.stateRecord, state);
  }

  /** All that the sampler keeps; a subclass adds to it. */
  protected get stateRecord(): StateRecord {
    return {
      epoch: keptCount({ get: () => this.#epoch, set: (epoch) => (this.#epoch = epoch) }),
      batch: keptCount({ get: () => this.#batch, set: (batch) => (this.#batch = batch) }, this.batchesPerEpoch),
    };
  }

  /** Batches of the unfinished epoch that were given. */
  protected get batchesGiven(): number {
    return this.#batch;
  }
}

/** Samples of one epoch that may be planned at once (1 GB). */
export const MOST_ROWS = 2 ** 28;

/**
 * Refuses epochs of more samples than may be planned at once.
 *
 * @param sampler, makers whose they are, and what makes so many; @param remedy what to do
 * @throws RangeError
 */
export function checkEpoch(sampler: BatchSampler, makers: string, remedy: string): void {
  const { batchesPerEpoch: batches, batchSize } = sampler;
  if (batches * batchSize > MOST_ROWS)
    throw new RangeError(
      `${makers} make ${batches} batches of ${batchSize}, more than ${MOST_ROWS} samples an epoch; ${remedy}`,
    );
}

/** How many batches of `batchSize` there are among `rows`, the last one shorter, or left out with `dropLast`. */
export function countBatches(rows: number, batchSize: number, dropLast: boolean): number {
  return dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
}

/** Where those batches start, and the end. */
export function equalStarts(rows: number, batchSize: number, dropLast: boolean): Int32Array {
  const batches = countBatches(rows, batchSize, dropLast);
  return Int32Array.from({ length: batches + 1 }, (_, b) => Math.min(rows, b * batchSize));
}

/** 0 .. count - 1. */
export function range(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
