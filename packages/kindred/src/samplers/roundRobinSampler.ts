import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { DatasetsSampler, type SampledDataset } from "./datasetsSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = cutSamplerOptions();

/** Options of {@link RoundRobinSampler}. */
export type RoundRobinSamplerOptions = OptionsGiven<typeof options>;

/**
 * A batch of each of several data sets in turn, until one of them has none left: all count equally, however large they are. Every batch
 * is of one data set; rows are numbered through. Of the larger data sets each epoch shows others.
 *
 *     new RoundRobinSampler([
 *       { rows: 5000, sampler: (seed) => new NoDuplicatesSampler(texts, { seed }) },
 *       { rows: 800 },
 *     ]);
 *
 * `batchSize` and `dropLast` are those of data sets that bring no sampler.
 *
 * Source: `RoundRobinBatchSampler` of sentence-transformers.
 */
export class RoundRobinSampler extends DatasetsSampler {
  static readonly description = describeSampler({
    name: "RoundRobinSampler",
    summary: "A batch of each of several data sets in turn, until one has none left.",
    source: "RoundRobinBatchSampler of sentence-transformers",
    takes: [],
    example: ({ length }, seed = 0): BatchSampler => new RoundRobinSampler(halves(length), { seed }),
    options,
  });

  get batchesPerEpoch(): number {
    const batches = this.batchesOfDatasets;
    return batches.length * Math.min(...batches);
  }

  protected turns(): Int32Array {
    return Int32Array.from({ length: this.batchesPerEpoch }, (_, b) => b % this.batchesOfDatasets.length);
  }
}

function halves(rows: number): SampledDataset[] {
  return [{ rows: Math.ceil(rows / 2) }, { rows: Math.floor(rows / 2) }];
}
