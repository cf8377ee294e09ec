import { checkNumber, checkOneOf } from "../matrix/checks.ts";
import { checkLabels, encodeLabels, type Labels } from "../matrix/labels.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { option, wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { ClassWalk } from "./drawing/classWalk.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { checkEpoch, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { drawingOptions } from "./samplerOptions.ts";

const options = extendOptions(drawingOptions(), {
  /** The most samples in a batch, >= 1 and a multiple of superClassesPerBatch. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: 1 }),
  /** Samples of a class in a batch, >= 1, of which each super class's share of the batch is a multiple; or "all". Default 4. */
  samplesPerClass: option<number | "all">('a whole number >= 1, or "all"', 4, (given, name) =>
    typeof given === "number"
      ? checkNumber(given, name, { atLeast: 1, integer: true })
      : checkOneOf<"all">(given, name, ["all"]),
  ),
  /** Batches of an epoch for every set of super classes, >= 1. Default 4. */
  batchesPerSuperTuple: wholeNumber({ default: 4, atLeast: 1 }),
  /** Super classes in a batch, >= 1. Default 2. */
  superClassesPerBatch: wholeNumber({ default: 2, atLeast: 1 }),
});

/** Options of {@link HierarchicalSampler}. */
export type HierarchicalSamplerOptions = OptionsGiven<typeof options>;

/**
 * For classes that belong to super classes (models of cars to makers): every batch holds a few super classes, in equal
 * shares, with several samples of each of their classes, so that its negatives are hard ones of the same super class and
 * easy ones of another.
 *
 * An epoch has batchesPerSuperTuple batches for every set of superClassesPerBatch super classes. The classes of a super
 * class take turns, and so do the samples of a class: none comes again before all others have come. A class with fewer
 * than samplesPerClass samples repeats them. A batch is shorter where a super class has too few classes to fill its share.
 *
 * Source: Ge, Huang, Dong and Scott, "Deep Metric Learning with Hierarchical Triplet Loss" (ECCV 2018), in the form of
 * pytorch-metric-learning.
 */
export class HierarchicalSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "HierarchicalSampler",
    summary: "Batches of a few super classes in equal shares, with several samples of each of their classes.",
    source: 'Ge, Huang, Dong and Scott, "Deep Metric Learning with Hierarchical Triplet Loss" (ECCV 2018)',
    takes: ["labels", "superLabels"],
    example: (labels, seed = 0): BatchSampler => {
      const superLabels = encodeLabels(labels, "labels").codes.map((code) => code % 2);
      return new HierarchicalSampler(labels, superLabels, { seed });
    },
    options,
  });
  readonly batchesPerEpoch: number;
  /** The rows of each class of each super class. */
  readonly #superClasses: readonly (readonly Int32Array[])[];

  /**
   * @param labels the class of each sample
   * @param superLabels the super class of each sample; a class label that stands in two super classes is two classes
   * @throws RangeError when the numbers do not divide, there are too few super classes, or with "all" a class is larger
   *   than a super class's share of a batch
   */
  constructor(labels: Labels, superLabels: Labels, options?: HierarchicalSamplerOptions) {
    super(options);
    checkLabels(labels, "labels");
    checkLabels(superLabels, "superLabels");
    if (labels.length !== superLabels.length)
      throw new RangeError(
        `labels has ${labels.length} entries, superLabels ${superLabels.length}; each sample needs one of both`,
      );
    this.#superClasses = classesOfSuperClasses(labels, superLabels);
    this.#checkShares();
    const { superClassesPerBatch, batchesPerSuperTuple } = this.options;
    const count = this.#superClasses.length;
    this.batchesPerEpoch = binomial(count, superClassesPerBatch) * batchesPerSuperTuple;
    checkEpoch(this, `${count} super classes`, "give fewer superClassesPerBatch");
  }

  /** Samples of a batch that each super class may fill. */
  get #share(): number {
    return this.batchSize / this.options.superClassesPerBatch;
  }

  #checkShares(): void {
    const { batchSize } = this;
    const { superClassesPerBatch, samplesPerClass } = this.options;
    if (batchSize % superClassesPerBatch !== 0)
      throw new RangeError(
        `batchSize is ${batchSize}; it must be a multiple of superClassesPerBatch, ${superClassesPerBatch}`,
      );
    if (this.#superClasses.length < superClassesPerBatch)
      throw new RangeError(
        `superClassesPerBatch is ${superClassesPerBatch}, but there are ${this.#superClasses.length} super classes`,
      );
    const share = this.#share;
    if (samplesPerClass !== "all") {
      if (share % samplesPerClass !== 0)
        throw new RangeError(
          `samplesPerClass is ${samplesPerClass}; it must divide each super class's share of a batch, ${share}`,
        );
      return;
    }
    const largest = Math.max(...this.#superClasses.map((classes) => Math.max(...classes.map(({ length }) => length))));
    if (largest > share)
      throw new RangeError(
        `a class has ${largest} samples, a super class's share of a batch is ${share}; ` +
          "give a larger batchSize, or samplesPerClass as a number",
      );
  }

  protected plan(random: Random): EpochPlan {
    const turns = this.#superClasses.map((classes) => new ClassTurns(classes, random));
    const { superClassesPerBatch, batchesPerSuperTuple, samplesPerClass } = this.options;
    const sets = combinations(this.#superClasses.length, superClassesPerBatch);
    const visits = range(this.batchesPerEpoch).map((b) => Math.floor(b / batchesPerSuperTuple));
    const rows = new Int32Array(this.batchesPerEpoch * this.batchSize);
    const starts = new Int32Array(this.batchesPerEpoch + 1);
    let end = 0;
    random.shuffle(visits).forEach((set, batch) => {
      for (const s of sets[set]) end = turns[s].fill(rows, end, this.#share, samplesPerClass);
      starts[batch + 1] = end;
      random.shuffle(rows.subarray(starts[batch], end));
    });
    return { rows: rows.subarray(0, end), starts };
  }
}

/** The classes of one super class, taking turns. */
class ClassTurns {
  readonly #walks: readonly ClassWalk[];
  readonly #sizes: readonly number[];
  /** The classes, the one that waited longest first. */
  #queue: readonly number[];

  constructor(classes: readonly Int32Array[], random: Random) {
    this.#walks = classes.map((members) => new ClassWalk(members, random));
    this.#sizes = classes.map(({ length }) => length);
    this.#queue = Array.from(random.shuffle(range(classes.length)));
  }

  /** Writes up to `share` samples, of no class twice and whole groups only; returns the end of what it wrote. */
  fill(rows: Int32Array, start: number, share: number, samplesPerClass: number | "all"): number {
    const waiting: number[] = [];
    const served: number[] = [];
    let end = start;
    for (const c of this.#queue) {
      const count = samplesPerClass === "all" ? this.#sizes[c] : samplesPerClass;
      if (end + count > start + share) {
        waiting.push(c);
        continue;
      }
      this.#walks[c].take(count, 0, rows, end);
      end += count;
      served.push(c);
    }
    this.#queue = [...waiting, ...served];
    return end;
  }
}

function classesOfSuperClasses(labels: Labels, superLabels: Labels): Int32Array[][] {
  const { codes } = encodeLabels(labels, "labels");
  return rowsOfClasses(superLabels).map((members) =>
    rowsOfClasses(members.map((row) => codes[row])).map((places) => places.map((place) => members[place])),
  );
}

/** All sets of k of the numbers 0 .. n - 1. */
function combinations(n: number, k: number): number[][] {
  const sets: number[][] = [];
  const chosen = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    sets.push([...chosen]);
    let last = k - 1;
    while (last >= 0 && chosen[last] === n - k + last) last--;
    if (last < 0) return sets;
    chosen[last]++;
    for (let i = last + 1; i < k; i++) chosen[i] = chosen[i - 1] + 1;
  }
}

function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = Math.round((result * (n - i + 1)) / i);
  return result;
}
