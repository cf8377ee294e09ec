import { checkNumber, describe } from "../matrix/checks.ts";
import type { Random } from "../matrix/random.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { countBatches, equalStarts, MOST_ROWS, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = cutSamplerOptions();

/** Options of {@link UniformBatchSampler}. */
export type UniformBatchSamplerOptions = OptionsGiven<typeof options>;

/** Random batches without a look at the labels: each epoch is a fresh permutation, cut into batches. */
export class UniformBatchSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "UniformBatchSampler",
    summary: "Random batches without a look at the labels.",
    source: null,
    takes: [],
    example: (labels, seed = 0): BatchSampler => new UniformBatchSampler(labels, { seed }),
    options,
  });
  readonly rows: number;

  /**
   * @param samples how many there are, or a list with one entry a sample (the labels, say)
   * @throws TypeError when it is neither; RangeError when there are fewer than one, or none would be left with `dropLast`
   */
  constructor(samples: number | ArrayLike<unknown>, options?: UniformBatchSamplerOptions) {
    super(options);
    this.rows = checkNumber(countOf(samples), "the number of samples", {
      atLeast: 1,
      atMost: MOST_ROWS,
      integer: true,
    });
    if (this.batchesPerEpoch === 0)
      throw new RangeError(`batchSize is ${this.batchSize} for ${this.rows} samples; with dropLast no batch is left`);
  }

  get batchesPerEpoch(): number {
    return countBatches(this.rows, this.batchSize, this.options.dropLast);
  }

  protected plan(random: Random): EpochPlan {
    return {
      rows: random.shuffle(range(this.rows)),
      starts: equalStarts(this.rows, this.batchSize, this.options.dropLast),
    };
  }
}

function countOf(samples: number | ArrayLike<unknown>): unknown {
  if (typeof samples === "number") return samples;
  if (typeof samples === "object" && samples !== null && "length" in samples) return samples.length;
  throw new TypeError(`samples is ${describe(samples)}; give how many there are, or a list with one entry a sample`);
}
