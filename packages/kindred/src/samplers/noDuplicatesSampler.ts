import { withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";

/** Options of {@link NoDuplicatesSampler}. */
export interface NoDuplicatesSamplerOptions {
  /** The most samples in a batch, >= 1. Default 32. */
  readonly batchSize: number;
  /** Default 0. */
  readonly seed: number;
}

const defaults: NoDuplicatesSamplerOptions = { batchSize: 32, seed: 0 };

/**
 * Batches in which no class stands twice, for losses that take every other sample of the batch for a negative.
 *
 * An epoch visits every sample once. Batches are as few as that allows, ceil(samples / batchSize) or the size of the
 * largest class, and equally large but for one sample: a class that holds more than its share makes them smaller.
 *
 * Source: the sampler of the same name in sentence-transformers.
 */
export class NoDuplicatesSampler extends PlannedSampler {
  readonly name = "NoDuplicatesSampler";
  readonly batchesPerEpoch: number;
  readonly #total: number;
  readonly #classes: readonly Int32Array[];

  /**
   * @param labels one label a sample
   * @throws RangeError when there is no sample
   */
  constructor(labels: Labels, options?: Partial<NoDuplicatesSamplerOptions>) {
    const given = withDefaults(options, defaults, "NoDuplicatesSampler");
    super(given.batchSize, given.seed);
    this.#classes = rowsOfClasses(labels);
    this.#total = labels.length;
    if (this.#total === 0) throw new RangeError("labels is empty; give one label a sample");
    const largest = this.#classes.reduce((max, { length }) => Math.max(max, length), 0);
    this.batchesPerEpoch = Math.max(Math.ceil(this.#total / this.batchSize), largest);
  }

  protected plan(random: Random): EpochPlan {
    const batches = this.batchesPerEpoch;
    // Samples are dealt out in turn, class after class: those of one class, no more than there are batches, to different ones.
    const starts = new Int32Array(batches + 1);
    const order = random.shuffle(range(batches));
    for (let turn = 0; turn < batches; turn++) {
      starts[order[turn] + 1] = Math.floor((this.#total - 1 - turn) / batches) + 1;
    }
    for (let b = 0; b < batches; b++) starts[b + 1] += starts[b];
    const rows = new Int32Array(this.#total);
    let dealt = 0;
    for (const c of random.shuffle(range(this.#classes.length))) {
      for (const row of random.shuffle(this.#classes[c].slice())) {
        rows[starts[order[dealt % batches]] + Math.floor(dealt / batches)] = row;
        dealt++;
      }
    }
    for (let b = 0; b < batches; b++) random.shuffle(rows.subarray(starts[b], starts[b + 1]));
    return { rows, starts };
  }
}
