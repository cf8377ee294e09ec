import type { Random } from "../matrix/random.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { DatasetsSampler } from "./datasetsSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = cutSamplerOptions();

/** Options of {@link ProportionalSampler}. */
export type ProportionalSamplerOptions = OptionsGiven<typeof options>;

/**
 * All batches of several data sets, in random order: each counts by its size. Every batch is of one data set; rows are numbered through.
 *
 *     new ProportionalSampler([{ rows: 5000 }, { rows: 800, sampler: (seed) => new NoDuplicatesSampler(texts, { seed }) }]);
 *
 * `batchSize` and `dropLast` are those of data sets that bring no sampler.
 *
 * Source: `ProportionalBatchSampler` of sentence-transformers.
 */
export class ProportionalSampler extends DatasetsSampler {
  static readonly description = describeSampler({
    name: "ProportionalSampler",
    summary: "All batches of several data sets, in random order.",
    source: "ProportionalBatchSampler of sentence-transformers",
    takes: [],
    example: ({ length }, seed = 0): BatchSampler => {
      const large = Math.ceil((2 * length) / 3);
      return new ProportionalSampler([{ rows: large }, { rows: length - large }], { seed });
    },
    options,
  });

  get batchesPerEpoch(): number {
    return this.batchesOfDatasets.reduce((sum, batches) => sum + batches, 0);
  }

  protected turns(random: Random): Int32Array {
    return random.shuffle(Int32Array.from(this.batchesOfDatasets.flatMap((count, d) => Array<number>(count).fill(d))));
  }
}
