import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { withDefaults } from "../matrix/checks.ts";
import { TripletList } from "../tuples/indexList.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { ClassRows, type Range } from "../batch/classRows.ts";
import { checkRange, EasyHardSearch } from "./search/easyHardSearch.ts";
import { EasyHardStatistics, noEasyHardFigures, type EasyHardFigures } from "./search/easyHardStatistics.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link BatchHardMiner}. */
export interface BatchHardMinerOptions extends Pick<MinerOptions, "distance"> {
  /** The least and the largest distance of a positive. Default null: any. */
  readonly allowedPosRange: Range | null;
  /** The least and the largest distance of a negative. Default null: any. */
  readonly allowedNegRange: Range | null;
}

/**
 * One triplet an anchor, of its hardest positive and its hardest negative: the farthest of its class and the closest of
 * another. An anchor that lacks either has none. Default distance LpDistance.
 *
 * Source: Hermans, Beyer and Leibe, "In Defense of the Triplet Loss for Person Re-Identification" (2017).
 */
export class BatchHardMiner extends TupleMiner<Triplets<Int32Array>, EasyHardFigures> {
  readonly name = "BatchHardMiner";
  readonly allowedPosRange: Range | null;
  readonly allowedNegRange: Range | null;

  constructor(options?: Partial<BatchHardMinerOptions>) {
    const defaults = { distance: new LpDistance(), allowedPosRange: null, allowedNegRange: null };
    const given = withDefaults<BatchHardMinerOptions>(options, defaults, "BatchHardMiner");
    super({ ...minerDefaults, distance: given.distance }, noEasyHardFigures);
    this.allowedPosRange = checkRange(given.allowedPosRange, "allowedPosRange");
    this.allowedNegRange = checkRange(given.allowedNegRange, "allowedNegRange");
  }

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, EasyHardFigures> {
    const { allowedPosRange, allowedNegRange } = this;
    const query = { posStrategy: "hard", negStrategy: "hard", allowedPosRange, allowedNegRange } as const;
    const search = new EasyHardSearch(this.distance, query);
    const statistics = new EasyHardStatistics(this.distance);
    const triplets = new TripletList(batch.embeddings.rows);
    borrow((workspace) => {
      new ClassRows(workspace, batch, this.distance).forEachRow((row) => {
        if (!search.findBoth(row)) return;
        triplets.add(row.anchor, search.positive.index, search.negative.index);
        statistics.addTriplet(search.positive.value, search.negative.value);
      });
    });
    return { tuples: triplets.toTriplets(), statistics: statistics.figures() };
  }
}
