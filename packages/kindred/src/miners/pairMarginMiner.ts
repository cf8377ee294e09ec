import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { ClassRows } from "../batch/classRows.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link PairMarginMiner}. */
export interface PairMarginMinerOptions extends MinerOptions {
  /** Positives farther away than this are kept. Default 0.2. */
  readonly posMargin: number;
  /** Negatives closer than this are kept. Default 0.8. */
  readonly negMargin: number;
}

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
export class PairMarginMiner extends TupleMiner<Pairs<Int32Array>, PairMarginFigures> {
  readonly name = "PairMarginMiner";
  readonly posMargin: number;
  readonly negMargin: number;

  constructor(options?: Partial<PairMarginMinerOptions>) {
    const defaults = { ...minerDefaults, distance: new LpDistance(), posMargin: 0.2, negMargin: 0.8 };
    const given = withDefaults<PairMarginMinerOptions>(options, defaults, "PairMarginMiner");
    super(given, nothing);
    this.posMargin = checkNumber(given.posMargin, "posMargin");
    this.negMargin = checkNumber(given.negMargin, "negMargin");
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, PairMarginFigures> {
    const pairs = new PairList();
    const farther = this.distance.isInverted ? -1 : 1;
    const positive = { count: 0, total: 0 };
    const negative = { count: 0, total: 0 };
    borrow((workspace) => {
      const rows = new ClassRows(workspace, batch, this.distance);
      const kept = new Int32Array(rows.order.length + 1);
      rows.forEachRow((row) => {
        positive.count += row.positives.count;
        positive.total += row.positives.sum();
        negative.count += row.negatives.count;
        negative.total += row.negatives.sum();
        const far = row.selectPositives(farther, this.posMargin, kept);
        pairs.addPositives(row.anchor, kept, this.keep(kept, far));
        const close = row.selectNegatives(-farther, this.negMargin, kept);
        pairs.addNegatives(row.anchor, kept, this.keep(kept, close));
      });
    });
    const statistics = {
      posPairDist: positive.total / Math.max(1, positive.count),
      negPairDist: negative.total / Math.max(1, negative.count),
    };
    return { tuples: pairs.toPairs(), statistics };
  }
}
