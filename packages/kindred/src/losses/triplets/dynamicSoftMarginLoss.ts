import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch, PairCounts } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { pullGradients } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { keptNumbers } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { Silence } from "../core/silenceReasons.ts";
import { TripletDifferences } from "../counting/tripletDifferences.ts";
import { DifferenceHistogram } from "../items/differenceHistogram.ts";
import type { Differences } from "../items/differences.ts";
import { HardestNegatives } from "../items/hardestNegatives.ts";

const options = extendOptions(
  comparingOptions(new LpDistance(), new MeanReducer(), {
    only: LpDistance,
    settings: { normalizeEmbeddings: true, p: 2 },
  }),
  {
    /** Where the first bin of the histogram starts, < 0. Default -2. */
    minVal: number({ default: -2, below: 0 }),
    /** Into how many bins of width 2 |minVal| / numBins the histogram is cut, from 1 to 100000. Default 10. */
    numBins: wholeNumber({ default: 10, atLeast: 1, atMost: 100000 }),
    /** The weight of a difference of the batch against all earlier ones in the histogram, from 0 to 1. Default 0.01. */
    momentum: number({ default: 0.01, atLeast: 0, atMost: 1 }),
  },
);

/** Options of {@link DynamicSoftMarginLoss}. */
export type DynamicSoftMarginLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "optional", reference: "any", tuples: "triplets" } as const satisfies Takes;

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
export class DynamicSoftMarginLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "DynamicSoftMarginLoss",
    family: "triplets",
    summary: "Each triplet weighs by how hard it is among all triplets seen so far.",
    paper: 'Zhang and Rusinkiewicz, "Learning Local Descriptors with a CDF-Based Dynamic Soft Margin" (ICCV 2019)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "number" },
    options,
  });
  #histogram: Float64Array = new Float64Array(this.options.numBins);

  /** The share of differences in each bin, a copy; zeros before the first batch. */
  get histogram(): Float64Array {
    return this.#histogram.slice();
  }

  protected override get stateRecord(): StateRecord {
    const place = {
      get: () => Array.from(this.#histogram),
      set: (shares: readonly number[]) => (this.#histogram = Float64Array.from(shares)),
    };
    return { ...super.stateRecord, histogram: keptNumbers(place, this.options.numBins, { atLeast: 0 }) };
  }

  protected override silenceBefore(batch: Batch, pairs: PairCounts): Silence | null {
    if (!isPaired(batch)) return super.silenceBefore(batch, pairs);
    if (batch.embeddings.rows === 0) return "empty-batch";
    const sizes = [batch.embeddings.rows, (batch.reference ?? batch.embeddings).rows];
    if (Math.min(...sizes) === 0) return "no-positive-pairs";
    return Math.max(...sizes) < 2 ? "no-negative-pairs" : null;
  }

  protected compute(batch: Batch): Computed {
    const { prepared, tuples } = batch;
    if (isPaired(batch))
      return prepared.compare(this.distance, "given", (sides) => this.#weigh(batch, new HardestNegatives(sides)));
    return withAnchorRows(batch, this.distance, "list", (rows) =>
      this.#weigh(batch, new TripletDifferences(rows, tuples)),
    );
  }

  /** mean_v C(v) v over the differences v. */
  #weigh({ embeddings, reference }: Batch, differences: Differences): Computed {
    const histogram = new DifferenceHistogram(this.options);
    differences.forEach((some) => {
      histogram.add(some);
    });
    this.#histogram = histogram.join(this.#histogram, this.options.momentum);
    differences.pullBack((some) => {
      histogram.toSlopes(some);
    });
    const { value, items, activeItems } = histogram;
    const gradients = pullGradients(differences.sides, embeddings, reference, 1);
    return alreadyReduced(this.reducer, { value, items, activeItems, ...gradients });
  }
}

/** Whether rows are pairs by their place alone. */
function isPaired({ labels, tuples }: Batch): boolean {
  return labels === null && tuples === null;
}
