import { checkNumber } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { emptyTriplets } from "../tuples/emptyTriplets.ts";
import type { Triplets } from "../tuples/tuples.ts";
import type { BatchSampler } from "./batchSampler.ts";
import { rowsOfClasses } from "./drawing/rowsOfClasses.ts";
import { equalStarts, MOST_ROWS, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { drawingOptions } from "./samplerOptions.ts";

const options = extendOptions(drawingOptions(), {
  /** Samples in a batch, >= 1 and a multiple of 3. Default 30. */
  batchSize: wholeNumber({ default: 30, atLeast: 1 }),
});

/** Options of {@link FixedSetOfTriplets}. */
export type FixedSetOfTripletsOptions = OptionsGiven<typeof options>;

/**
 * A number of random triplets, drawn once and then all that is known: for experiments in which there are no labels but
 * only such triplets.
 *
 * Of each triplet the anchor's class is drawn uniformly among those of two samples and more, the negative's among the
 * others; then two samples of the one, and one of the other. An epoch shows every triplet once, in random order: a batch
 * is anchor, positive, negative, anchor, positive, negative ... (see EmbeddingsAlreadyPackagedAsTriplets); the last one
 * may be shorter.
 */
export class FixedSetOfTriplets extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "FixedSetOfTriplets",
    summary: "A number of random triplets, drawn once and then all that is known.",
    source: "pytorch-metric-learning",
    takes: ["labels"],
    example: (labels, seed = 0): BatchSampler => new FixedSetOfTriplets(labels, 100, { seed }),
    options,
  });
  readonly triplets: Triplets<Int32Array>;

  /**
   * @param labels one label a sample
   * @param numTriplets >= 1 and <= 89478485
   * @throws RangeError when the batch is no multiple of 3, or the labels make no triplet
   */
  constructor(labels: Labels, numTriplets: number, options?: FixedSetOfTripletsOptions) {
    super(options);
    checkNumber(numTriplets, "numTriplets", { atLeast: 1, atMost: Math.floor(MOST_ROWS / 3), integer: true });
    if (this.batchSize % 3 !== 0)
      throw new RangeError(`batchSize is ${this.batchSize}; a batch of triplets needs a multiple of 3`);
    this.triplets = drawTriplets(labels, numTriplets, new Random(this.options.seed));
  }

  get batchesPerEpoch(): number {
    return Math.ceil((3 * this.triplets.anchors.length) / this.batchSize);
  }

  protected plan(random: Random): EpochPlan {
    const { anchors, positives, negatives } = this.triplets;
    const rows = new Int32Array(3 * anchors.length);
    random.shuffle(range(anchors.length)).forEach((k, place) => {
      rows.set([anchors[k], positives[k], negatives[k]], 3 * place);
    });
    return { rows, starts: equalStarts(rows.length, this.batchSize, false) };
  }
}

function drawTriplets(labels: Labels, count: number, random: Random): Triplets<Int32Array> {
  const classes = rowsOfClasses(labels);
  const anchorClasses = range(classes.length).filter((c) => classes[c].length > 1);
  if (anchorClasses.length === 0 || classes.length < 2)
    throw new RangeError(
      `the labels have ${classes.length} classes, ${anchorClasses.length} of them with two samples or more; ` +
        "a triplet needs two samples of one class and one of another",
    );
  const triplets = emptyTriplets(count);
  for (let k = 0; k < count; k++) {
    const own = anchorClasses[random.integer(anchorClasses.length)];
    const members = classes[own];
    const anchor = random.integer(members.length);
    const positive = random.integer(members.length - 1);
    const other = random.integer(classes.length - 1);
    const others = classes[other < own ? other : other + 1];
    triplets.anchors[k] = members[anchor];
    triplets.positives[k] = members[positive < anchor ? positive : positive + 1];
    triplets.negatives[k] = others[random.integer(others.length)];
  }
  return triplets;
}
