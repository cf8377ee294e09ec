import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Takes } from "../../batch/takes.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import type { Places } from "../../kernels/places.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { SoftHistogram } from "../items/softHistogram.ts";
import { PairLoss } from "./pairLoss.ts";

const options = extendOptions(
  comparingOptions(new LpDistance({ power: 2 }), new MeanReducer(), {
    only: LpDistance,
    settings: { normalizeEmbeddings: true, p: 2 },
  }),
  {
    /** Into how many bins the range of distances is cut, a whole number from 1 to 100000. Default 10. */
    numBins: wholeNumber({ default: 10, atLeast: 1, atMost: 100000 }),
  },
);

/** Options of {@link FastAPLoss}. */
export type FastAPLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "none", tuples: "weights" } as const satisfies Takes;

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
export class FastAPLoss extends PairLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "FastAPLoss",
    family: "pairs",
    summary: "The average precision of each anchor's ranking should be high.",
    paper: 'Cakir et al., "Deep Metric Learning to Rank" (CVPR 2019)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "element" },
    options,
  });
  // counted anew for every anchor
  readonly #positives = this.#emptyHistogram();
  readonly #negatives = this.#emptyHistogram();

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { anchor, values } = row;
    const count = row.positives.count;
    if (count === 0) {
      row.clear();
      return;
    }
    const [positives, negatives] = [this.#positives, this.#negatives];
    positives.recount(row.positives, values);
    negatives.recount(row.negatives, values);
    const precision = averagePrecision(positives, negatives, count);
    const weight = row.weight * reduction.weighOne(anchor, row.weight * (1 - precision));
    writeSlopes(positives, row.positives, values, -weight);
    writeSlopes(negatives, row.negatives, values, -weight);
  }

  #emptyHistogram(): SoftHistogram {
    const { numBins } = this.options;
    // two normalized embeddings are at most 2 apart
    return new SoftHistogram({ start: 0, width: 2 ** this.distance.power / numBins, bins: numBins });
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

/** x <- weight d precision / dx, 0 at the kinks that edges are. */
function writeSlopes(histogram: SoftHistogram, places: Places, values: Float64Array, weight: number): void {
  const count = places.read(values);
  for (let k = 0; k < count; k++) values[k] = histogram.isAtEdge(values[k]) ? 0 : weight * histogram.slope(values[k]);
  places.write(values);
}
