import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { countBatches, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutDrawingOptions } from "./samplerOptions.ts";

/** Two pairs: the least in which a positive has a negative. */
const LEAST = 4;

const options = extendOptions(cutDrawingOptions(), {
  /** Samples in a batch, an even number >= 4. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: LEAST }),
});

/** Options of {@link GroupByLabelSampler}. */
export type GroupByLabelSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches of pairs of one label: in every batch each sample has a positive and negatives, for losses that need both.
 *
 * The samples of a label go in pairs, in random order; a pair of each label in turn is taken while two labels or more have one left. No
 * sample comes twice in an epoch. Left out, and others each epoch, are the odd sample of a label and what the largest label has beyond
 * the others, and always samples that are the only one of their label; a last batch of fewer than 4 is left out as well.
 *
 * Source: `GroupByLabelBatchSampler` of sentence-transformers (version 6).
 */
export class GroupByLabelSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "GroupByLabelSampler",
    summary: "Batches of pairs of one label, of several labels in turn.",
    source: "GroupByLabelBatchSampler of sentence-transformers",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new GroupByLabelSampler(labels, { seed }),
    options,
  });
  readonly batchesPerEpoch: number;
  /** Samples of an epoch, whole batches or not. */
  readonly #used: number;
  /** The labels with two samples or more. */
  readonly #classes: readonly Int32Array[];

  /**
   * @param labels one label a sample
   * @throws RangeError when the batch size is odd, fewer than two labels have two samples, or no batch would be left
   */
  constructor(labels: Labels, options?: GroupByLabelSamplerOptions) {
    super(options);
    if (this.batchSize % 2 !== 0)
      throw new RangeError(`batchSize is ${this.batchSize}; a batch of pairs needs an even number`);
    this.#classes = rowsOfClasses(labels).filter(({ length }) => length > 1);
    if (this.#classes.length < 2)
      throw new RangeError(
        `${this.#classes.length} labels have two samples or more; a batch of pairs needs two such labels`,
      );
    const samples = 2 * this.#turns().reduce((sum, { length }) => sum + length, 0);
    const rest = samples % this.batchSize;
    this.batchesPerEpoch = countBatches(samples, this.batchSize, this.options.dropLast || rest < LEAST);
    this.#used = Math.min(samples, this.batchesPerEpoch * this.batchSize);
    if (this.batchesPerEpoch === 0)
      throw new RangeError(
        `batchSize is ${this.batchSize} for ${samples} samples in pairs; with dropLast no batch is left`,
      );
  }

  /** The labels that have a pair in each turn. */
  #turns(order: Int32Array = range(this.#classes.length)): Int32Array[] {
    const turns: Int32Array[] = [];
    let left = order;
    while (left.length > 1) {
      turns.push(left);
      // a label that has had its last pair drops out; the order of the others stays, so that neighbouring pairs differ
      left = left.filter((c) => this.#classes[c].length >= 2 * (turns.length + 1));
    }
    return turns;
  }

  protected plan(random: Random): EpochPlan {
    const members = this.#classes.map((rows) => random.shuffle(rows.slice()));
    const rows: number[] = [];
    this.#turns(random.shuffle(range(members.length))).forEach((labels, turn) => {
      for (const c of labels) rows.push(members[c][2 * turn], members[c][2 * turn + 1]);
    });
    const starts = Int32Array.from({ length: this.batchesPerEpoch + 1 }, (_, b) =>
      Math.min(b * this.batchSize, this.#used),
    );
    return { rows: Int32Array.from(rows), starts };
  }
}
