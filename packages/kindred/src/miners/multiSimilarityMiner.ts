import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { ClassRows } from "../batch/classRows.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link MultiSimilarityMiner}. */
export interface MultiSimilarityMinerOptions extends MinerOptions {
  /** How far within the hardest pair of the other kind a pair may be and still count as hard. Default 0.1. */
  readonly epsilon: number;
}

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
export class MultiSimilarityMiner extends TupleMiner<Pairs<Int32Array>> {
  readonly name = "MultiSimilarityMiner";
  readonly epsilon: number;

  constructor(options?: Partial<MultiSimilarityMinerOptions>) {
    const defaults = { ...minerDefaults, epsilon: 0.1, distance: new CosineSimilarity() };
    const given = withDefaults<MultiSimilarityMinerOptions>(options, defaults, "MultiSimilarityMiner");
    super(given, {});
    this.epsilon = checkNumber(given.epsilon, "epsilon");
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, object> {
    const pairs = new PairList();
    const { distance, epsilon } = this;
    const closer = distance.isInverted ? 1 : -1;
    borrow((workspace) => {
      const rows = new ClassRows(workspace, batch, distance);
      const kept = new Int32Array(rows.order.length + 1);
      rows.forEachRow((row) => {
        const { anchor, positives, negatives } = row;
        if (positives.count === 0 || negatives.count === 0) return;
        const hardestPositive = distance.isInverted ? positives.min() : positives.max();
        const hardestNegative = distance.isInverted ? negatives.max() : negatives.min();
        const far = row.selectPositives(-closer, hardestNegative + closer * epsilon, kept);
        pairs.addPositives(anchor, kept, this.keep(kept, far));
        const close = row.selectNegatives(closer, hardestPositive - closer * epsilon, kept);
        pairs.addNegatives(anchor, kept, this.keep(kept, close));
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }
}
