import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(minerOptions(new CosineSimilarity()), {
  /** How far within the hardest pair of the other kind a pair may be and still count as hard. Default 0.1. */
  epsilon: number({ default: 0.1 }),
});

/** Options of {@link MultiSimilarityMiner}. */
export type MultiSimilarityMinerOptions = OptionsGiven<typeof options>;

/**
 * Keeps the positives that are less alike than the hardest negative, and the negatives that are more alike than the
 * hardest positive, within epsilon.
 *
 *     (a, p) is kept when s_ap - epsilon < max_n s_an,  (a, n) when s_an + epsilon > min_p s_ap
 *
 * An anchor without positives or without negatives keeps none. For distances the signs turn round. Default distance
 * CosineSimilarity.
 *
 * Source: Wang et al., "Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning" (CVPR 2019).
 */
export class MultiSimilarityMiner extends TupleMiner<typeof options, Pairs<Int32Array>> {
  static readonly description = describeMiner({
    name: "MultiSimilarityMiner",
    summary: "The positives less alike than the hardest negative, the negatives more alike than the hardest positive.",
    paper: 'Wang et al., "Multi-Similarity Loss with General Pair Weighting for Deep Metric Learning" (CVPR 2019)',
    gives: "pairs",
    needs: { positives: true, negatives: true },
    options,
  });

  protected collect(batch: Batch): Mined<Pairs<Int32Array>> {
    const pairs = new PairList();
    const { distance } = this;
    const { isInverted, away } = distance;
    const { epsilon } = this.options;
    withAnchorRows(batch, distance, "list", (rows) => {
      const kept = new Int32Array(rows.capacity + 1);
      rows.forEach(({ anchor, positives, negatives }) => {
        if (positives.count === 0 || negatives.count === 0) return;
        const hardestPositive = isInverted ? positives.min() : positives.max();
        const hardestNegative = isInverted ? negatives.max() : negatives.min();
        const far = positives.select(away, hardestNegative - away * epsilon, kept);
        pairs.addPositives(anchor, kept, this.keep(kept, far));
        const close = negatives.select(-away, hardestPositive + away * epsilon, kept);
        pairs.addNegatives(anchor, kept, this.keep(kept, close));
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }
}
