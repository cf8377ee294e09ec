import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Random } from "../matrix/random.ts";
import { equalStarts, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";

/** Options of {@link UniformBatchSampler}. */
export interface UniformBatchSamplerOptions {
  /** Samples in a batch, >= 1. Default 32. */
  readonly batchSize: number;
  /** Whether a shorter last batch is left out. Default false. */
  readonly dropLast: boolean;
  /** Default 0. */
  readonly seed: number;
}

const defaults: UniformBatchSamplerOptions = { batchSize: 32, dropLast: false, seed: 0 };

/** Random batches without a look at the labels: each epoch is a fresh permutation, cut into batches. */
export class UniformBatchSampler extends PlannedSampler {
  readonly name = "UniformBatchSampler";
  readonly rows: number;
  readonly dropLast: boolean;

  /**
   * @param samples how many there are, or a list with one entry a sample (the labels, say)
   * @throws RangeError when there are fewer than one, or none would be left with `dropLast`
   */
  constructor(samples: number | ArrayLike<unknown>, options?: Partial<UniformBatchSamplerOptions>) {
    const given = withDefaults(options, defaults, "UniformBatchSampler");
    super(given.batchSize, given.seed);
    this.rows = checkNumber(typeof samples === "number" ? samples : samples.length, "the number of samples", {
      atLeast: 1,
      integer: true,
    });
    this.dropLast = given.dropLast;
    if (this.batchesPerEpoch === 0)
      throw new RangeError(`batchSize is ${this.batchSize} for ${this.rows} samples; with dropLast no batch is left`);
  }

  get batchesPerEpoch(): number {
    return equalStarts(this.rows, this.batchSize, this.dropLast).length - 1;
  }

  protected plan(random: Random): EpochPlan {
    return { rows: random.shuffle(range(this.rows)), starts: equalStarts(this.rows, this.batchSize, this.dropLast) };
  }
}
