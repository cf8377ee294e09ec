import { LpDistance } from "../distances/lpDistance.ts";
import { borrow, type Workspace } from "../kernels/runtime.ts";
import { checkBatch, countPairs, type Batch } from "../batch/batch.ts";
import { PairRows } from "../batch/pairRows.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs, Tuples } from "../tuples/tuples.ts";
import { ClassRows } from "../batch/classRows.ts";
import { LargestKeys } from "./search/largestKeys.ts";
import type { MineOptions } from "./miner.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link HDCMiner}. */
export interface HDCMinerOptions extends MinerOptions {
  /** The share of the pairs that is kept, 0 .. 1, of positives and of negatives each. Default 0.5. */
  readonly filterPercentage: number;
}

/**
 * The hardest share of all pairs of the batch: the ceil(filterPercentage P) farthest of its P positive pairs and the
 * ceil(filterPercentage N) closest of its N negative ones. Of equally far pairs at the cut any may be kept.
 *
 * In a cascade each level takes the hardest of what the level before kept: hand that over with `setIdxExternally`. It
 * stays until `resetIdx`. Default distance LpDistance.
 *
 * Source: Yuan, Yang and Zhang, "Hard-Aware Deeply Cascaded Embedding" (ICCV 2017).
 */
export class HDCMiner extends TupleMiner<Pairs<Int32Array>> {
  readonly name = "HDCMiner";
  readonly filterPercentage: number;
  #tuples: Tuples | null = null;

  constructor(options?: Partial<HDCMinerOptions>) {
    const defaults = { ...minerDefaults, distance: new LpDistance(), filterPercentage: 0.5 };
    const given = withDefaults<HDCMinerOptions>(options, defaults, "HDCMiner");
    super(given, {});
    this.filterPercentage = checkNumber(given.filterPercentage, "filterPercentage", { atLeast: 0, atMost: 1 });
  }

  /** Takes pairs (or triplets, as pairs) to choose from, instead of all that labels make. */
  setIdxExternally(tuples: Tuples): void {
    this.#tuples = tuples;
  }

  /** Goes back to the pairs that labels make. */
  resetIdx(): void {
    this.#tuples = null;
  }

  protected override check(embeddings: MatrixLike, labels: Labels, options: MineOptions = {}): Batch {
    if (this.#tuples === null) return super.check(embeddings, labels, options);
    return checkBatch(this.name, embeddings, labels, { ...options, tuples: this.#tuples });
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, object> {
    const { positivePairs, negativePairs } = countPairs(batch);
    const positives = new LargestKeys(Math.ceil(this.filterPercentage * positivePairs));
    const negatives = new LargestKeys(Math.ceil(this.filterPercentage * negativePairs));
    const farther = this.distance.isInverted ? -1 : 1;
    const pairs = new PairList();
    borrow((workspace) => {
      const forEachRow = batch.tuples === null ? this.#labelled(workspace, batch) : this.#listed(workspace, batch);
      forEachRow((row, isPositive) => {
        if (isPositive) positives.countUpper(row.values, farther, row.count);
        else negatives.countUpper(row.values, -farther, row.count);
      });
      positives.endUpper();
      negatives.endUpper();
      forEachRow((row, isPositive) => {
        if (isPositive) positives.countLower(row.values, farther, row.count);
        else negatives.countLower(row.values, -farther, row.count);
      });
      positives.endLower();
      negatives.endLower();
      forEachRow((row, isPositive) => {
        if (isPositive) {
          const taken = positives.take(row.values, farther, row.count, row.others);
          pairs.addPositives(row.anchor, row.others, this.keep(row.others, taken));
        } else {
          const taken = negatives.take(row.values, -farther, row.count, row.others);
          pairs.addNegatives(row.anchor, row.others, this.keep(row.others, taken));
        }
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }

  /** Streams the pairs that labels make. */
  #labelled(workspace: Workspace, batch: Batch): RowStream {
    const rows = new ClassRows(workspace, batch, this.distance);
    const list = new OneKind(rows.order.length);
    return (visit) =>
      rows.forEachRow((row) => {
        list.anchor = row.anchor;
        list.count = row.readPositives(list.values, list.others);
        visit(list, true);
        list.count = row.readNegatives(list.values, list.others);
        visit(list, false);
      });
  }

  /** Streams the pairs of given tuples. */
  #listed(workspace: Workspace, batch: Batch): RowStream {
    const rows = new PairRows(workspace, batch, this.distance, "list");
    const list = new OneKind(rows.capacity);
    return (visit) =>
      rows.forEachRow((row) => {
        list.anchor = row.anchor;
        list.count = row.positives.read(list.values);
        for (let k = 0; k < list.count; k++) list.others[k] = row.positiveAt(k);
        visit(list, true);
        list.count = row.negatives.read(list.values);
        for (let k = 0; k < list.count; k++) list.others[k] = row.negativeAt(k);
        visit(list, false);
      });
  }
}

/** Visits each anchor's positives, then its negatives. */
type RowStream = (visit: (row: OneKind, isPositive: boolean) => void) => void;

/** The positives or the negatives of one anchor: distances and references. */
class OneKind {
  anchor = 0;
  count = 0;
  readonly values: Float64Array;
  readonly others: Int32Array;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.others = new Int32Array(capacity);
  }
}
