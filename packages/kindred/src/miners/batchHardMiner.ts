import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { extendOptions } from "../options/extendOptions.ts";
import type { OptionsGiven } from "../options/option.ts";
import { TripletList } from "../tuples/indexList.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { comparingMinerOptions } from "./minerOptions.ts";
import { EasyHardSearch, rangeOption } from "./search/easyHardSearch.ts";
import { EasyHardStatistics, noEasyHardFigures, type EasyHardFigures } from "./search/easyHardStatistics.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(comparingMinerOptions(new LpDistance()), {
  /** The least and the largest distance of a positive. Default null: any. */
  allowedPosRange: rangeOption(),
  /** The least and the largest distance of a negative. Default null: any. */
  allowedNegRange: rangeOption(),
});

/** Options of {@link BatchHardMiner}. */
export type BatchHardMinerOptions = OptionsGiven<typeof options>;

/**
 * One triplet an anchor, of its hardest positive and its hardest negative: the farthest of its class and the closest of
 * another. An anchor that lacks either has none. Default distance LpDistance.
 *
 * Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification" (2017).
 */
export class BatchHardMiner extends TupleMiner<typeof options, Triplets<Int32Array>, EasyHardFigures> {
  static readonly description = describeMiner({
    name: "BatchHardMiner",
    summary: "One triplet an anchor, of its farthest positive and its closest negative.",
    paper: 'Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification" (2017)',
    gives: "triplets",
    needs: { positives: true, negatives: true },
    figures: noEasyHardFigures,
    options,
  });

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, EasyHardFigures> {
    const search = new EasyHardSearch(this.distance, { posStrategy: "hard", negStrategy: "hard", ...this.options });
    const statistics = new EasyHardStatistics(this.distance);
    const triplets = new TripletList(batch.embeddings.rows);
    withAnchorRows(batch, this.distance, "list", (rows) => {
      rows.forEach((row) => {
        if (!search.findBoth(row)) return;
        triplets.add(row.anchor, search.positive.index, search.negative.index);
        statistics.addTriplet(search.positive.value, search.negative.value);
      });
    });
    return { tuples: triplets.toTriplets(), statistics: statistics.figures() };
  }
}
