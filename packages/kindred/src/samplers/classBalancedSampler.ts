import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number, wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { ClassWalk } from "./drawing/classWalk.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { WeightedDraw } from "./drawing/weightedDraw.ts";
import { countBatches, equalStarts, MOST_ROWS, PlannedSampler, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { cutSamplerOptions } from "./samplerOptions.ts";

const options = extendOptions(cutSamplerOptions(), {
  /**
   * The power of its size by which a class is drawn: 0 (default) draws every class equally often, 1 every sample, 0.5 (the
   * square root) stands between.
   */
  power: number({ default: 0 }),
  /** Samples drawn in an epoch, >= 1 and <= 268435456; null (default): as many as there are. */
  samplesPerEpoch: wholeNumber({ default: null, atLeast: 1, atMost: MOST_ROWS }),
});

/** Options of {@link ClassBalancedSampler}. */
export type ClassBalancedSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches for classes of unequal sizes: for every place a class is drawn, class c of n_c samples with the probability
 *
 *     n_c^power / sum_k n_k^power
 *
 * and then its next sample: a class shows all of its samples before one comes again. A batch may hold a sample twice.
 *
 * Source: Kang et al., "Decoupling Representation and Classifier for Long-Tailed Recognition" (ICLR 2020).
 */
export class ClassBalancedSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "ClassBalancedSampler",
    summary: "Batches in which a class is drawn by a power of its size: each equally often, say.",
    source: 'Kang et al., "Decoupling Representation and Classifier for Long-Tailed Recognition" (ICLR 2020)',
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new ClassBalancedSampler(labels, { seed }),
    options,
  });
  readonly samplesPerEpoch: number;
  readonly #classes: readonly Int32Array[];
  readonly #draw: WeightedDraw;

  /**
   * @param labels one label a sample
   * @throws RangeError when there is no sample, or no batch would be left with `dropLast`
   */
  constructor(labels: Labels, options?: ClassBalancedSamplerOptions) {
    super(options);
    this.#classes = rowsOfClasses(labels);
    this.samplesPerEpoch = this.options.samplesPerEpoch ?? labels.length;
    if (labels.length === 0) throw new RangeError("labels is empty; give one label a sample");
    if (this.batchesPerEpoch === 0)
      throw new RangeError(
        `batchSize is ${this.batchSize} for ${this.samplesPerEpoch} samples an epoch; with dropLast no batch is left`,
      );
    // relative to the class that is drawn most, so that no power overflows
    const sizes = this.#classes.map(({ length }) => length);
    const { power } = this.options;
    const most = sizes.reduce((x, y) => (power < 0 ? Math.min(x, y) : Math.max(x, y)));
    this.#draw = new WeightedDraw(sizes.map((size) => (size / most) ** power));
  }

  get batchesPerEpoch(): number {
    return countBatches(this.samplesPerEpoch, this.batchSize, this.options.dropLast);
  }

  protected plan(random: Random): EpochPlan {
    const walks = this.#classes.map((members) => new ClassWalk(members, random));
    const rows = new Int32Array(this.samplesPerEpoch);
    for (let k = 0; k < rows.length; k++) rows[k] = walks[this.#draw.next(random)].next();
    return { rows, starts: equalStarts(rows.length, this.batchSize, this.options.dropLast) };
  }
}
