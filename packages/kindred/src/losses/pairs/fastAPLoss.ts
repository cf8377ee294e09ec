import { LpDistance } from "../../distances/lpDistance.ts";
import type { Places } from "../../kernels/places.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { AnchorWeightedPairLoss } from "./anchorWeightedPairLoss.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { refuseReference } from "../../batch/requirements.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { SoftHistogram } from "../items/softHistogram.ts";

/** Options of {@link FastAPLoss}. */
export interface FastAPLossOptions extends MetricLossOptions {
  /** Into how many bins the range of distances is cut, a whole number >= 1. Default 10. */
  readonly numBins: number;
}

const defaults: FastAPLossOptions = { ...metricLossDefaults, numBins: 10 };

/**
 * The average precision of each anchor's ranking, made smooth by a histogram of distances.
 *
 *     L_i = 1 - 1/|P_i| sum_j h+_j H+_j / H_j
 *
 * h+_j counts the positives at edge j of the bins, a distance between two edges counting for both by its closeness; H+_j
 * and H_j count the positives, and all samples, up to edge j. One item an anchor that has positives. Needs labels, and
 * positive and negative pairs in the batch; takes no reference. Tuples do not choose pairs: they weigh each anchor by how
 * often it stands in them (1 for the most frequent sample). Distance LpDistance with p 2 on normalized embeddings alone,
 * of any power, by default 2; default reducer MeanReducer.
 *
 * Source: Cakir et al., "Deep Metric Learning to Rank" (CVPR 2019).
 */
export class FastAPLoss extends AnchorWeightedPairLoss {
  readonly name = "FastAPLoss";
  readonly needs = { positives: true, negatives: true };
  readonly numBins: number;
  protected readonly itemKinds = ["element"] as const;
  readonly #positives: SoftHistogram;
  readonly #negatives: SoftHistogram;

  constructor(options?: Partial<FastAPLossOptions>) {
    const given = withDefaults(options, defaults, "FastAPLoss");
    super(given, new LpDistance({ power: 2 }), new MeanReducer());
    requireDistance(this, LpDistance, { normalizeEmbeddings: true, p: 2 });
    this.numBins = checkNumber(given.numBins, "numBins", { atLeast: 1, integer: true });
    // two normalized embeddings are at most 2 apart
    const bins = { start: 0, width: 2 ** this.distance.power / this.numBins, bins: this.numBins };
    this.#positives = new SoftHistogram(bins);
    this.#negatives = new SoftHistogram(bins);
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    refuseReference(this.name, batch);
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { anchor, values } = row;
    const count = row.positives.count;
    if (count === 0) {
      row.clear();
      return;
    }
    const [positives, negatives] = [this.#positives, this.#negatives];
    fill(positives, row.positives, values);
    fill(negatives, row.negatives, values);
    const precision = averagePrecision(positives, negatives, count);
    const anchorWeight = this.anchorWeights[anchor];
    const weight = anchorWeight * reduction.weighOne(anchor, anchorWeight * (1 - precision));
    writeSlopes(positives, row.positives, values, -weight);
    writeSlopes(negatives, row.negatives, values, -weight);
  }
}

/** sum_j h+_j H+_j / H_j / count; leaves its slope by every h_j in the histograms. */
function averagePrecision(positives: SoftHistogram, negatives: SoftHistogram, count: number): number {
  const edges = positives.counts.length;
  let [found, seen, total] = [0, 0, 0];
  for (let j = 0; j < edges; j++) {
    const here = positives.counts[j];
    found += here;
    seen += here + negatives.counts[j];
    positives.slopes[j] = here > 0 ? found / seen : 0;
    negatives.slopes[j] = here > 0 ? here / seen : 0;
    total += here * positives.slopes[j];
  }
  // h_j adds to H at its own edge and at all later ones: from the last edge down, what pulls at H+ and at H
  let [byFound, bySeen] = [0, 0];
  for (let j = edges - 1; j >= 0; j--) {
    const precision = positives.slopes[j];
    const share = negatives.slopes[j];
    byFound += share;
    bySeen -= share * precision;
    positives.slopes[j] = (precision + byFound + bySeen) / count;
    negatives.slopes[j] = bySeen / count;
  }
  return total / count;
}

function fill(histogram: SoftHistogram, places: Places, values: Float64Array): void {
  const count = places.read(values);
  histogram.counts.fill(0);
  for (let k = 0; k < count; k++) histogram.add(values[k]);
}

/** x <- weight d precision / dx, 0 at the kinks that edges are. */
function writeSlopes(histogram: SoftHistogram, places: Places, values: Float64Array, weight: number): void {
  const count = places.read(values);
  for (let k = 0; k < count; k++) values[k] = histogram.isAtEdge(values[k]) ? 0 : weight * histogram.slope(values[k]);
  places.write(values);
}
