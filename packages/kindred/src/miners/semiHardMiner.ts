import type { AnchorRow } from "../batch/anchorRow.ts";
import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import type { Found } from "../batch/others.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { OptionsGiven } from "../options/option.ts";
import { TripletList } from "../tuples/indexList.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { comparingMinerOptions } from "./minerOptions.ts";
import { EasyHardStatistics, noEasyHardFigures, type EasyHardFigures } from "./search/easyHardStatistics.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = comparingMinerOptions(new LpDistance());

/** Options of {@link SemiHardMiner}. */
export type SemiHardMinerOptions = OptionsGiven<typeof options>;

/**
 * One triplet a positive pair: its negative is the closest of those farther from the anchor than the positive, or the
 * farthest of all where none is. An anchor without negatives has none. For similarities close and far turn round. Default
 * distance LpDistance.
 *
 * Source: Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering"
 * (CVPR 2015), section 3.2.
 */
export class SemiHardMiner extends TupleMiner<typeof options, Triplets<Int32Array>, EasyHardFigures> {
  static readonly description = describeMiner({
    name: "SemiHardMiner",
    summary: "One triplet a positive pair, of the closest negative that is farther than the positive.",
    paper:
      'Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering" (CVPR 2015)',
    gives: "triplets",
    needs: { positives: true, negatives: true },
    figures: noEasyHardFigures,
    options,
  });

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, EasyHardFigures> {
    const statistics = new EasyHardStatistics(this.distance);
    const triplets = new TripletList();
    const negative: Found = { place: -1, index: -1, value: 0 };
    withAnchorRows(batch, this.distance, "list", (rows) => {
      rows.forEach((row) => {
        const { anchor, positives, values } = row;
        const count = row.negatives.count === 0 ? 0 : positives.read(values);
        for (let k = 0; k < count; k++) {
          this.#findNegative(row, values[k], negative);
          triplets.add(anchor, positives.reference(k), negative.index);
          statistics.addTriplet(values[k], negative.value);
        }
      });
    });
    return { tuples: triplets.toTriplets(), statistics: statistics.figures() };
  }

  /** Finds the closest negative that is farther than the positive, or else the farthest. */
  #findNegative({ negatives }: AnchorRow, positive: number, found: Found): void {
    const { away } = this.distance;
    if (negatives.find({ sign: -away, limit: positive, range: null }, found)) return;
    negatives.find({ sign: away, limit: null, range: null }, found);
  }
}
