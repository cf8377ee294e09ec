import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { countBatches, equalStarts, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = cutSamplerOptions();

/** Options of {@link GroupByLabelSampler}. */
export type GroupByLabelSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches of few classes with as many samples of each as there are: the data set class after class, in random order, cut
 * into batches. An epoch visits every sample once.
 *
 * A class that is cut goes on in the next batch. Where the cut would leave one of its samples alone, samples that are the
 * only one of their class and so alone anywhere are put before it, as long as there are any.
 *
 * Source: the sampler of the same name in sentence-transformers.
 */
export class GroupByLabelSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "GroupByLabelSampler",
    summary: "Batches of few classes with as many samples of each as there are.",
    source: "the sampler of the same name in sentence-transformers",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new GroupByLabelSampler(labels, { seed }),
    options,
  });
  readonly #total: number;
  readonly #classes: readonly Int32Array[];
  /** The samples that are the only one of their class. */
  readonly #singletons: Int32Array;

  /**
   * @param labels one label a sample
   * @throws RangeError when there is no sample, or no batch would be left with `dropLast`
   */
  constructor(labels: Labels, options?: GroupByLabelSamplerOptions) {
    super(options);
    const classes = rowsOfClasses(labels);
    this.#total = labels.length;
    this.#classes = classes.filter(({ length }) => length > 1);
    this.#singletons = Int32Array.from(classes.filter(({ length }) => length === 1).flatMap((rows) => [...rows]));
    if (this.batchesPerEpoch === 0)
      throw new RangeError(`batchSize is ${this.batchSize} for ${this.#total} samples; no batch can be made`);
  }

  get batchesPerEpoch(): number {
    return countBatches(this.#total, this.batchSize, this.options.dropLast);
  }

  protected plan(random: Random): EpochPlan {
    const rows = new Int32Array(this.#total);
    const singletons = random.shuffle(this.#singletons.slice());
    let used = 0;
    let end = 0;
    for (const c of random.shuffle(range(this.#classes.length))) {
      const members = random.shuffle(this.#classes[c].slice());
      for (let filler = this.#fillers(end, members.length, singletons.length - used); filler > 0; filler--) {
        rows[end++] = singletons[used++];
      }
      rows.set(members, end);
      end += members.length;
    }
    rows.set(singletons.subarray(used), end);
    return { rows, starts: equalStarts(rows.length, this.batchSize, this.options.dropLast) };
  }

  /** How many of the singletons to put before a class that starts at `end`, so that no cut leaves one sample alone. */
  #fillers(end: number, size: number, singletons: number): number {
    for (let filler = 0; filler <= Math.min(2, singletons); filler++) {
      const room = this.batchSize - ((end + filler) % this.batchSize);
      const rest = (size - room) % this.batchSize;
      if (size <= room || (room !== 1 && rest !== 1)) return filler;
    }
    return 0;
  }
}
