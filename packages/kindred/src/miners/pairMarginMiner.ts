import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(minerOptions(new LpDistance()), {
  /** Positives farther away than this are kept. Default 0.2. */
  posMargin: number({ default: 0.2 }),
  /** Negatives closer than this are kept. Default 0.8. */
  negMargin: number({ default: 0.8 }),
});

/** Options of {@link PairMarginMiner}. */
export type PairMarginMinerOptions = OptionsGiven<typeof options>;

/** Mean distances over all pairs of the batch, mined or not, in PML's names. */
export interface PairMarginFigures {
  readonly posPairDist: number;
  readonly negPairDist: number;
}

const nothing: PairMarginFigures = { posPairDist: 0, negPairDist: 0 };

/**
 * The positives that are too far away and the negatives that are too close:
 *
 *     (a, p) is kept when d_ap > posMargin,  (a, n) when d_an < negMargin
 *
 * For similarities the signs turn round. Default distance LpDistance.
 *
 * Source: pytorch-metric-learning.
 */
export class PairMarginMiner extends TupleMiner<typeof options, Pairs<Int32Array>, PairMarginFigures> {
  static readonly description = describeMiner({
    name: "PairMarginMiner",
    summary: "The positives farther away than one margin and the negatives closer than another.",
    paper: "pytorch-metric-learning",
    gives: "pairs",
    needs: { positives: false, negatives: false },
    figures: nothing,
    options,
  });

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, PairMarginFigures> {
    const { posMargin, negMargin } = this.options;
    const { away } = this.distance;
    const pairs = new PairList();
    const positive = { count: 0, total: 0 };
    const negative = { count: 0, total: 0 };
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const kept = new Int32Array(rows.capacity + 1);
      rows.forEach(({ anchor, positives, negatives }) => {
        positive.count += positives.count;
        positive.total += positives.sum();
        negative.count += negatives.count;
        negative.total += negatives.sum();
        pairs.addPositives(anchor, kept, this.keep(kept, positives.select(away, posMargin, kept)));
        pairs.addNegatives(anchor, kept, this.keep(kept, negatives.select(-away, negMargin, kept)));
      });
    });
    const statistics = {
      posPairDist: positive.total / Math.max(1, positive.count),
      negPairDist: negative.total / Math.max(1, negative.count),
    };
    return { tuples: pairs.toPairs(), statistics };
  }
}
