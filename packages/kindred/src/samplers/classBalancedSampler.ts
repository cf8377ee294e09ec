import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { ClassWalk } from "./drawing/classWalk.ts";
import { equalStarts, PlannedSampler, type EpochPlan } from "./plannedSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { WeightedDraw } from "./drawing/weightedDraw.ts";

/** Options of {@link ClassBalancedSampler}. */
export interface ClassBalancedSamplerOptions {
  /** Samples in a batch, >= 1. Default 32. */
  readonly batchSize: number;
  /**
   * The power of its size by which a class is drawn: 0 (default) draws every class equally often, 1 every sample, 0.5 (the
   * square root) stands between.
   */
  readonly power: number;
  /** Samples drawn in an epoch, >= 1; null (default): as many as there are. */
  readonly samplesPerEpoch: number | null;
  /** Whether a shorter last batch is left out. Default false. */
  readonly dropLast: boolean;
  /** Default 0. */
  readonly seed: number;
}

const defaults: ClassBalancedSamplerOptions = {
  batchSize: 32,
  power: 0,
  samplesPerEpoch: null,
  dropLast: false,
  seed: 0,
};

/**
 * Batches for classes of unequal sizes: for every place a class is drawn, class c of n_c samples with the probability
 *
 *     n_c^power / sum_k n_k^power
 *
 * and then its next sample: a class shows all of its samples before one comes again. A batch may hold a sample twice.
 *
 * Source: Kang et al., "Decoupling Representation and Classifier for Long-Tailed Recognition" (ICLR 2020).
 */
export class ClassBalancedSampler extends PlannedSampler {
  readonly name = "ClassBalancedSampler";
  readonly power: number;
  readonly samplesPerEpoch: number;
  readonly dropLast: boolean;
  readonly #classes: readonly Int32Array[];
  readonly #draw: WeightedDraw;

  /**
   * @param labels one label a sample
   * @throws RangeError when there is no sample, or no batch would be left with `dropLast`
   */
  constructor(labels: Labels, options?: Partial<ClassBalancedSamplerOptions>) {
    const given = withDefaults(options, defaults, "ClassBalancedSampler");
    super(given.batchSize, given.seed);
    this.power = checkNumber(given.power, "power");
    this.#classes = rowsOfClasses(labels);
    this.samplesPerEpoch = checkNumber(given.samplesPerEpoch ?? labels.length, "samplesPerEpoch", {
      atLeast: 1,
      integer: true,
    });
    if (labels.length === 0) throw new RangeError("labels is empty; give one label a sample");
    this.dropLast = given.dropLast;
    if (this.batchesPerEpoch === 0)
      throw new RangeError(
        `batchSize is ${this.batchSize} for ${this.samplesPerEpoch} samples an epoch; with dropLast no batch is left`,
      );
    // relative to the class that is drawn most, so that no power overflows
    const sizes = this.#classes.map(({ length }) => length);
    const most = sizes.reduce((x, y) => (this.power < 0 ? Math.min(x, y) : Math.max(x, y)));
    this.#draw = new WeightedDraw(sizes.map((size) => (size / most) ** this.power));
  }

  get batchesPerEpoch(): number {
    return equalStarts(this.samplesPerEpoch, this.batchSize, this.dropLast).length - 1;
  }

  protected plan(random: Random): EpochPlan {
    const walks = this.#classes.map((members) => new ClassWalk(members, random));
    const rows = new Int32Array(this.samplesPerEpoch);
    for (let k = 0; k < rows.length; k++) rows[k] = walks[this.#draw.next(random)].next();
    return { rows, starts: equalStarts(rows.length, this.batchSize, this.dropLast) };
  }
}
