import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { countClasses } from "../../matrix/labels.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { asPairs } from "../../tuples/anchorLists.ts";
import type { Pairs } from "../../tuples/tuples.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairHistograms } from "../items/pairHistograms.ts";
import { PairRows } from "../../batch/pairRows.ts";
import { refuseReference } from "../../batch/requirements.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link HistogramLoss}. */
export interface HistogramLossOptions extends MetricLossOptions {
  /** Into how many bins the similarities from -1 to 1 are cut, a whole number >= 1. Default null: 100, or as delta says. */
  readonly nBins: number | null;
  /** The width of a bin, from 0 to 2. Default null: 2 / nBins. */
  readonly delta: number | null;
}

const defaults: HistogramLossOptions = { ...metricLossDefaults, nBins: null, delta: null };
const DEFAULT_BINS = 100;

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
export class HistogramLoss extends MetricLoss {
  readonly name = "HistogramLoss";
  readonly needs = { positives: true, negatives: true };
  readonly delta: number;

  constructor(options?: Partial<HistogramLossOptions>) {
    const given = withDefaults(options, defaults, "HistogramLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    requireDistance(this, DotProductSimilarity, { normalizeEmbeddings: true });
    const { p, power } = this.distance;
    if (p > 2 || power <= 0 || !Number.isInteger(power))
      throw new RangeError(
        `HistogramLoss counts similarities from -1 to 1; with p ${p} and power ${power} they leave that range, leave both out`,
      );
    this.delta = binWidth(given);
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    refuseReference(this.name, batch);
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, codes, classes, tuples } = batch;
    const pairs = tuples === null ? null : unorderedPairs(asPairs(tuples));
    const isLive = tuples === null ? hasPositives(codes!, classes.length) : null;
    return borrow((workspace) => {
      const rows = new PairRows(workspace, { ...batch, tuples: pairs }, this.distance, "set");
      const histograms = new PairHistograms(this.delta, isLive);
      rows.forEachRow((row) => histograms.add(row));
      const value = histograms.loss();
      rows.pullBack((row) => histograms.writeSlopes(row));
      return alreadyReduced(this.reducer, {
        value,
        items: 1,
        activeItems: value > 0 ? 1 : 0,
        ...pullGradients(rows.sides, embeddings, null, 1),
      });
    });
  }
}

/** The bins' width that the options name. @throws RangeError when nBins and delta disagree */
function binWidth({ nBins, delta }: HistogramLossOptions): number {
  const width = delta === null ? null : checkNumber(delta, "delta", { above: 0, atMost: 2 });
  if (nBins === null) return width ?? 2 / DEFAULT_BINS;
  const expected = 2 / checkNumber(nBins, "nBins", { atLeast: 1, integer: true });
  if (width !== null && width !== expected)
    throw new RangeError(`delta is ${width} and nBins is ${nBins}; delta must be 2 / nBins: give one of them`);
  return expected;
}

/** Whether each sample has a positive in the batch. */
function hasPositives(codes: Int32Array, classes: number): Uint8Array {
  const counts = countClasses(codes, classes);
  return Uint8Array.from(codes, (code) => (counts[code] > 1 ? 1 : 0));
}

/** The pairs of anchors that have both, the smaller row first, so that (i, j) and (j, i) are one. */
function unorderedPairs({ anchors1, positives, anchors2, negatives }: Pairs): Pairs {
  const [firsts, others] = sortedPairs(anchors1, positives, new Set(Array.from(anchors2)));
  const [negativeFirsts, negativeOthers] = sortedPairs(anchors2, negatives, new Set(Array.from(anchors1)));
  return { anchors1: firsts, positives: others, anchors2: negativeFirsts, negatives: negativeOthers };
}

function sortedPairs(
  anchors: ArrayLike<number>,
  others: ArrayLike<number>,
  live: ReadonlySet<number>,
): [number[], number[]] {
  const pairs = Array.from(anchors, (anchor, k) => [anchor, others[k]]).filter(([anchor]) => live.has(anchor));
  return [pairs.map(([a, b]) => Math.min(a, b)), pairs.map(([a, b]) => Math.max(a, b))];
}
