import { pullGradients, type DistanceGradients } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch, PairCounts } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import { DifferenceHistogram } from "../items/differenceHistogram.ts";
import { HardestNegatives } from "../items/hardestNegatives.ts";
import type { LossState } from "../core/loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairRows } from "../../batch/pairRows.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { isListOfTriplets } from "../counting/tripletSource.ts";

/** Options of {@link DynamicSoftMarginLoss}. */
export interface DynamicSoftMarginLossOptions extends MetricLossOptions {
  /** Where the first bin of the histogram starts, < 0. Default -2. */
  readonly minVal: number;
  /** Into how many bins of width 2 |minVal| / numBins the histogram is cut, >= 1. Default 10. */
  readonly numBins: number;
  /** The weight of a difference of the batch against all earlier ones in the histogram, from 0 to 1. Default 0.01. */
  readonly momentum: number;
}

const defaults: DynamicSoftMarginLossOptions = { ...metricLossDefaults, minVal: -2, numBins: 10, momentum: 0.01 };

/**
 * Weighs each triplet by how hard it is among all triplets seen so far, instead of by a margin.
 *
 *     L = mean_apn C(d_ap - d_an) (d_ap - d_an)
 *
 * C(v) is the share of differences up to the end of v's bin in a histogram that is carried from batch to batch
 * (`histogram`, part of `state()`). Differences beyond the histogram's ends count at its ends.
 *
 * Triplets are those of the labels or the tuples. Without both, row i of the embeddings and of the reference are a pair,
 * and its negative is the nearest other row of either side. One number for the batch, so that no reducer is needed. Needs
 * positive and negative pairs. Distance LpDistance with p 2 on normalized embeddings alone. Time: one step for each
 * triplet, none is listed.
 *
 * Source: Zhang and Rusinkiewicz, "Learning Local Descriptors with a CDF-Based Dynamic Soft Margin" (ICCV 2019).
 */
export class DynamicSoftMarginLoss extends MetricLoss {
  readonly name = "DynamicSoftMarginLoss";
  readonly needs = { positives: true, negatives: true };
  readonly minVal: number;
  readonly numBins: number;
  readonly momentum: number;
  #histogram: Float64Array;

  constructor(options?: Partial<DynamicSoftMarginLossOptions>) {
    const given = withDefaults(options, defaults, "DynamicSoftMarginLoss");
    super(given, new LpDistance(), new MeanReducer());
    requireDistance(this, LpDistance, { normalizeEmbeddings: true, p: 2 });
    this.minVal = checkNumber(given.minVal, "minVal", { below: 0 });
    this.numBins = checkNumber(given.numBins, "numBins", { atLeast: 1, integer: true });
    this.momentum = checkNumber(given.momentum, "momentum", { atLeast: 0, atMost: 1 });
    this.#histogram = new Float64Array(this.numBins);
  }

  /** The share of differences in each bin, a copy; zeros before the first batch. */
  get histogram(): Float64Array {
    return this.#histogram.slice();
  }

  override state(): LossState {
    return { ...super.state(), histogram: Array.from(this.#histogram) };
  }

  override load(state: LossState): void {
    const { histogram } = state;
    if (!Array.isArray(histogram) || histogram.length !== this.numBins || !histogram.every(isShare))
      throw new RangeError(
        `the state's histogram is ${describe(histogram)}; this ${this.name} needs ${this.numBins} numbers >= 0`,
      );
    super.load(state);
    this.#histogram = Float64Array.from(histogram as number[]);
  }

  /** Labels and tuples may both be missing. */
  protected override check(): void {}

  protected override silenceBefore(batch: Batch, pairs: PairCounts): BatchStatus | null {
    if (!isPaired(batch)) return super.silenceBefore(batch, pairs);
    const sizes = [batch.embeddings.rows, (batch.reference ?? batch.embeddings).rows];
    if (Math.min(...sizes) === 0) return "no-positive-pairs";
    return Math.max(...sizes) < 2 ? "no-negative-pairs" : null;
  }

  protected compute(batch: Batch): Computed {
    const histogram = new DifferenceHistogram(this);
    return borrow((workspace) => {
      const gradients = isPaired(batch)
        ? this.#pairs(workspace, batch, histogram)
        : this.#triplets(workspace, batch, histogram);
      const { value, items, activeItems } = histogram;
      return alreadyReduced(this.reducer, { value, items, activeItems, ...gradients });
    });
  }

  #pairs(workspace: Workspace, { embeddings, reference }: Batch, histogram: DifferenceHistogram): DistanceGradients {
    const sides = this.distance.compare(workspace, embeddings, reference);
    const hardest = new HardestNegatives(sides);
    const differences = hardest.positives.map((distance, i) => distance - hardest.negatives[i]);
    for (const difference of differences) histogram.add(difference);
    this.#histogram = histogram.join(this.#histogram, this.momentum);
    hardest.pullBack(differences.map((difference) => histogram.slope(difference)));
    return pullGradients(sides, embeddings, reference, 1);
  }

  #triplets(workspace: Workspace, batch: Batch, histogram: DifferenceHistogram): DistanceGradients {
    const { embeddings, reference, tuples } = batch;
    const rows = new PairRows(workspace, batch, this.distance, "list");
    const isListed = isListOfTriplets(tuples);
    const x = new Float64Array(rows.capacity);
    const y = new Float64Array(rows.capacity);
    const pulls = new Float64Array(rows.capacity);
    rows.forEachRow(({ positives, negatives }) => {
      const count = positives.read(x);
      const negativeCount = negatives.read(y);
      for (let p = 0; p < count; p++) {
        if (isListed) histogram.add(x[p] - y[p]);
        else for (let n = 0; n < negativeCount; n++) histogram.add(x[p] - y[n]);
      }
    });
    this.#histogram = histogram.join(this.#histogram, this.momentum);
    rows.pullBack(({ positives, negatives }) => {
      const count = positives.read(x);
      const negativeCount = negatives.read(y);
      pulls.fill(0, 0, negativeCount);
      for (let p = 0; p < count; p++) {
        let pull = 0;
        const [from, to] = isListed ? [p, p + 1] : [0, negativeCount];
        for (let n = from; n < to; n++) {
          const slope = histogram.slope(x[p] - y[n]);
          pulls[n] -= slope;
          pull += slope;
        }
        x[p] = pull;
      }
      positives.write(x);
      negatives.write(pulls);
    });
    return pullGradients(rows.sides, embeddings, reference, 1);
  }
}

/** Whether rows are pairs by their place alone. */
function isPaired({ labels, tuples }: Batch): boolean {
  return labels === null && tuples === null;
}

function isShare(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}
