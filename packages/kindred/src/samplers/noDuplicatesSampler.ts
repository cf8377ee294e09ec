import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { drawingOptions } from "./samplerOptions.ts";

const options = extendOptions(drawingOptions(), {
  /** The most samples in a batch, >= 1. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: 1 }),
});

/** Options of {@link NoDuplicatesSampler}. */
export type NoDuplicatesSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches in which no class stands twice, for losses that take every other sample of the batch for a negative.
 *
 * An epoch visits every sample once. Batches are as few as that allows, ceil(samples / batchSize) or the size of the
 * largest class, and equally large but for one sample: a class that holds more than its share makes them smaller.
 *
 * Source: the sampler of the same name in sentence-transformers.
 */
export class NoDuplicatesSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "NoDuplicatesSampler",
    summary: "Batches in which no class stands twice.",
    source: "the sampler of the same name in sentence-transformers",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new NoDuplicatesSampler(labels, { seed }),
    options,
  });
  readonly batchesPerEpoch: number;
  readonly #total: number;
  readonly #classes: readonly Int32Array[];

  /**
   * @param labels one label a sample
   * @throws RangeError when there is no sample
   */
  constructor(labels: Labels, options?: NoDuplicatesSamplerOptions) {
    super(options);
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
