import { checkNumber, describe } from "../matrix/checks.ts";
import type { Random } from "../matrix/random.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { PlannedSampler, type EpochPlan } from "./plannedSampler.ts";
import type { CutSamplerOptionRecord } from "./samplerOptions.ts";
import { UniformBatchSampler } from "./uniformBatchSampler.ts";

/** One of several data sets whose rows are numbered through. */
export interface SampledDataset {
  /** How many rows it has, >= 1. */
  readonly rows: number;
  /**
   * Makes the sampler of its rows, which count from 0, with a seed: another one each epoch. With every seed it must make as many
   * batches. Default: random batches.
   */
  readonly sampler?: (seed: number) => BatchSampler;
}

/** How a data set's batches are drawn. */
interface Source {
  readonly start: number;
  readonly rows: number;
  readonly batches: number;
  readonly make: (seed: number) => BatchSampler;
}

/** What samplers of several data sets share: every batch is of one data set, and a subclass says of which. */
export abstract class DatasetsSampler extends PlannedSampler<CutSamplerOptionRecord> {
  readonly #sources: readonly Source[];

  /**
   * @param datasets one or more; the rows of the second follow those of the first
   * @throws TypeError when a data set is none; RangeError when there is none, one has no batch, or one's batches are larger than
   *   batchSize
   */
  constructor(
    datasets: readonly SampledDataset[],
    options?: Partial<{ batchSize: number; dropLast: boolean; seed: number }>,
  ) {
    super(options);
    if (!Array.isArray(datasets)) throw new TypeError(`datasets is ${describe(datasets)}; give an array of { rows }`);
    if (datasets.length === 0) throw new RangeError("datasets is empty; give one data set or more");
    let start = 0;
    this.#sources = datasets.map((dataset: SampledDataset, d) => {
      const source = this.#sourceOf(dataset, d, start);
      start += source.rows;
      return source;
    });
  }

  #sourceOf({ rows, sampler }: SampledDataset, d: number, start: number): Source {
    const name = `datasets[${d}]`;
    checkNumber(rows, `${name}.rows`, { atLeast: 1, integer: true });
    if (sampler !== undefined && typeof sampler !== "function")
      throw new TypeError(`${name}.sampler is ${describe(sampler)}; give a function of a seed that makes a sampler`);
    const { batchSize, dropLast } = this.options;
    const make = sampler ?? ((seed: number) => new UniformBatchSampler(rows, { batchSize, dropLast, seed }));
    const made = make(this.options.seed);
    if (made.batchSize > batchSize)
      throw new RangeError(
        `${name} has batches of ${made.batchSize}, but batchSize is ${batchSize}; give batchSize ${made.batchSize}`,
      );
    checkNumber(made.batchesPerEpoch, `the batches of ${name}`, { atLeast: 1, integer: true });
    return { start, rows, batches: made.batchesPerEpoch, make };
  }

  /** How many batches each data set has in an epoch of its own. */
  protected get batchesOfDatasets(): readonly number[] {
    return this.#sources.map(({ batches }) => batches);
  }

  /** The data set of each batch of an epoch, in order. */
  protected abstract turns(random: Random): Int32Array;

  protected plan(random: Random): EpochPlan {
    const epochs = this.#sources.map((source, d) => batchesOf(source, d, random.bits()));
    const rows: number[] = [];
    const starts = [0];
    for (const d of this.turns(random)) {
      for (const row of epochs[d].shift()!) rows.push(this.#sources[d].start + row);
      starts.push(rows.length);
    }
    return { rows: Int32Array.from(rows), starts: Int32Array.from(starts) };
  }
}

/** The batches of a data set in one epoch. @throws RangeError when its sampler does not keep to what it said */
function batchesOf({ make, batches, rows }: Source, d: number, seed: number): Int32Array[] {
  const drawn = [...make(seed).epoch()];
  if (drawn.length !== batches)
    throw new RangeError(
      `the sampler of datasets[${d}] made ${drawn.length} batches, and ${batches} with another seed; it must make as many`,
    );
  const beyond = drawn.flatMap((batch) => [...batch]).find((row) => row >= rows);
  if (beyond !== undefined)
    throw new RangeError(`the sampler of datasets[${d}] drew row ${beyond}, but the data set has ${rows} rows`);
  return drawn;
}
