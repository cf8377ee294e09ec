import { checkLabels, type Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { choice, wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { ClassWalk } from "./drawing/classWalk.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { checkEpoch, equalStarts, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { drawingOptions } from "./samplerOptions.ts";

const scarces = ["skip", "repeat", "borrow"] as const;

/** What becomes of a class with fewer than m samples. */
export type Scarce = (typeof scarces)[number];

const options = extendOptions(drawingOptions(), {
  /** Samples of a class in a batch, >= 1. Default 4. */
  m: wholeNumber({ default: 4, atLeast: 1 }),
  /** Samples in a batch, >= 1 and at least m. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: 1 }),
  /**
   * A class with fewer than m samples: "repeat" (default) repeats its samples, "borrow" fills its places with samples of
   * other classes, "skip" leaves the class out.
   */
  scarce: choice(scarces, { default: "repeat" }),
});

/** Options of {@link MPerClassSampler}. */
export type MPerClassSamplerOptions = OptionsGiven<typeof options>;

/**
 * Batches of m samples of each of several classes, so that every batch holds positive and negative pairs.
 *
 * An epoch visits every sample at least once (of classes that are not skipped): a class of c samples takes part in
 * ceil(c / m) batches, its last group filled up with samples it has shown before. No class stands twice in a batch unless
 * there are fewer classes than groups; so the largest class sets how many batches an epoch has, and smaller ones fill them. Where m does not divide the batch size, the rest of the batch goes to further samples of
 * the classes in it. Every batch is full.
 */
export class MPerClassSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "MPerClassSampler",
    summary: "Batches of m samples of each of several classes.",
    source: "pytorch-metric-learning",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => {
      const batchSize = Math.min(32, labels.length);
      return new MPerClassSampler(labels, { batchSize, m: Math.min(4, batchSize), seed });
    },
    options,
  });
  readonly #total: number;
  /** The rows of each class, and of all classes that take part. */
  readonly #classes: readonly Int32Array[];

  /**
   * @param labels one label a sample
   * @throws RangeError when the batch is smaller than m or larger than the data, or every class is skipped
   */
  constructor(labels: Labels, options?: MPerClassSamplerOptions) {
    super(options);
    const { m, scarce } = this.options;
    checkLabels(labels, "labels");
    this.#total = labels.length;
    if (m > this.batchSize)
      throw new RangeError(`m is ${m} and batchSize ${this.batchSize}; a batch must hold one group of m at least`);
    if (this.batchSize > this.#total)
      throw new RangeError(`batchSize is ${this.batchSize} for ${this.#total} samples; give a smaller batch`);
    const classes = rowsOfClasses(labels);
    this.#classes = scarce === "skip" ? classes.filter(({ length }) => length >= m) : classes;
    if (this.#classes.length === 0)
      throw new RangeError(
        `none of the ${classes.length} classes has ${m} samples; give a smaller m, or scarce: "repeat"`,
      );
    checkEpoch(this, `${this.#classes.length} classes`, "give a smaller m or batchSize");
  }

  /** Groups of m in a batch. */
  get #groups(): number {
    return Math.floor(this.batchSize / this.options.m);
  }

  /** Groups of m that a class of so many samples makes in an epoch. */
  #visits(samples: number): number {
    return Math.ceil(samples / this.options.m);
  }

  get batchesPerEpoch(): number {
    const visits = this.#classes.map(({ length }) => this.#visits(length));
    const fewest = Math.ceil(visits.reduce((sum, count) => sum + count, 0) / this.#groups);
    return this.#classes.length < this.#groups ? fewest : visits.reduce((max, count) => Math.max(max, count), fewest);
  }

  protected plan(random: Random): EpochPlan {
    const { m, scarce } = this.options;
    const batches = this.batchesPerEpoch;
    const rows = new Int32Array(batches * this.batchSize);
    const classesOf = this.#deal(batches, random);
    const walkers = this.#classes.map((members) => new ClassWalk(members, random));
    const order = random.shuffle(range(batches));
    for (let b = 0; b < batches; b++) {
      const start = order[b] * this.batchSize;
      let end = start;
      for (const c of classesOf[b]) {
        walkers[c].take(m, scarce === "borrow" ? this.#total : 0, rows, end);
        end += m;
      }
      for (let rest = 0; end < start + this.batchSize; rest++, end++) {
        walkers[classesOf[b][rest % classesOf[b].length]].takeFurther(rows, start, end);
      }
    }
    return { rows, starts: equalStarts(rows.length, this.batchSize, false) };
  }

  /**
   * Which classes make each batch. The visits of a class are dealt to batches next to each other, so that it meets a batch
   * twice only when it has more visits than there are batches; batches with fewer groups get further classes.
   */
  #deal(batches: number, random: Random): number[][] {
    const hands: number[][] = Array.from({ length: batches }, () => []);
    let next = 0;
    for (const c of random.shuffle(range(this.#classes.length))) {
      for (let visit = this.#visits(this.#classes[c].length); visit > 0; visit--) hands[next++ % batches].push(c);
    }
    for (const hand of hands) while (hand.length < this.#groups) hand.push(this.#further(hand, random));
    return hands;
  }

  /** A class that is not in the hand yet, or any where the hand has them all. */
  #further(hand: readonly number[], random: Random): number {
    const isIn = new Set(hand);
    if (isIn.size >= this.#classes.length) return random.integer(this.#classes.length);
    let c = random.integer(this.#classes.length);
    while (isIn.has(c)) c = random.integer(this.#classes.length);
    return c;
  }
}
