import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven, OptionValues } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { hasPositives, PairHistograms, unorderedPairs } from "../items/pairHistograms.ts";

const options = extendOptions(
  comparingOptions<DotProductSimilarity>(new CosineSimilarity(), new MeanReducer(), {
    only: DotProductSimilarity,
    settings: { normalizeEmbeddings: true },
  }),
  {
    /** Into how many bins the range of similarities is cut, a whole number from 1 to 100000. Default null: 100, or as delta says. */
    nBins: wholeNumber({ default: null, atLeast: 1, atMost: 100000 }),
    /** The width of a bin, from 0.00002 to 2. Default null: 2 / nBins. */
    delta: number({ default: null, atLeast: 0.00002, atMost: 2 }),
  },
);
const DEFAULT_BINS = 100;

/** Options of {@link HistogramLoss}. */
export type HistogramLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "classes", reference: "none", tuples: "pairs" } as const satisfies Takes;

/**
 * The probability that a random negative pair is more alike than a random positive pair, from two histograms.
 *
 *     L = sum_r h-_r sum_{q <= r} h+_q
 *
 * h+ and h- are the shares of positive and of negative pairs at each edge of the bins; a similarity between two edges
 * counts for both by its closeness. Pairs are unordered, each counts once, and only pairs of samples that have positives
 * and negatives as anchors count. One value for the batch: no reducer is needed. Needs positive and negative pairs; takes
 * no reference. Distance CosineSimilarity, or another similarity from -1 to 1.
 *
 * Source: Ustinova and Lempitsky, "Learning Deep Embeddings with Histogram Loss" (NIPS 2016).
 */
export class HistogramLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "HistogramLoss",
    family: "pairs",
    summary: "A random negative pair should hardly ever be more alike than a random positive pair.",
    paper: 'Ustinova and Lempitsky, "Learning Deep Embeddings with Histogram Loss" (NIPS 2016)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "number" },
    options,
  });
  /** The width of a bin. */
  readonly delta: number;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { p, power } = this.distance;
    if (p > 2 || power <= 0 || !Number.isInteger(power))
      throw new RangeError(
        `HistogramLoss counts similarities from -1 to 1; with p ${p} and power ${power} they leave that range, leave both out`,
      );
    this.delta = binWidth(this.options);
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, codes, classes, tuples } = batch;
    const pairs = tuples === null ? null : unorderedPairs(tuples);
    const isLive = tuples === null ? hasPositives(codes!, classes.length) : null;
    return withAnchorRows({ ...batch, tuples: pairs }, this.distance, "set", (rows) => {
      const histograms = new PairHistograms(this.delta, isLive);
      rows.forEach((row) => {
        histograms.add(row);
      });
      const value = shareOfReversals(histograms);
      rows.pullBack((row) => {
        histograms.writeSlopes(row);
      });
      return alreadyReduced(this.reducer, {
        value,
        items: 1,
        activeItems: value > 0 ? 1 : 0,
        ...pullGradients(rows.sides, embeddings, null, 1),
      });
    });
  }
}

/** sum_r h-_r sum_{q <= r} h+_q, 0 without pairs of either kind; leaves its slope by every count in the histograms. */
function shareOfReversals({ positives, negatives }: PairHistograms): number {
  if (positives.size === 0 || negatives.size === 0) return 0;
  const edges = positives.counts.length;
  let [below, total] = [0, 0];
  for (let r = 0; r < edges; r++) {
    below += positives.counts[r] / positives.size;
    total += (below * negatives.counts[r]) / negatives.size;
    negatives.slopes[r] = below / negatives.size;
  }
  let above = 0;
  for (let r = edges - 1; r >= 0; r--) {
    above += negatives.counts[r] / negatives.size;
    positives.slopes[r] = above / positives.size;
  }
  return total;
}

/** The bins' width that the options name. @throws RangeError when nBins and delta disagree */
function binWidth({ nBins, delta }: Pick<OptionValues<typeof options>, "nBins" | "delta">): number {
  if (nBins === null) return delta ?? 2 / DEFAULT_BINS;
  const expected = 2 / nBins;
  if (delta !== null && delta !== expected)
    throw new RangeError(`delta is ${delta} and nBins is ${nBins}; delta must be 2 / nBins: give one of them`);
  return expected;
}
