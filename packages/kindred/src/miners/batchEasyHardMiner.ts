import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { checkOneOf, withDefaults } from "../matrix/checks.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { ClassRows, type ClassRow, type Range } from "../batch/classRows.ts";
import { checkRange, EasyHardSearch, type PairStrategy } from "./search/easyHardSearch.ts";
import { EasyHardStatistics, noEasyHardFigures, type EasyHardFigures } from "./search/easyHardStatistics.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link BatchEasyHardMiner}. */
export interface BatchEasyHardMinerOptions extends MinerOptions {
  /**
   * Which positive of an anchor is taken: the "hard" (farthest) one, the "easy" (closest) one, the "semihard" one
   * (farthest among those closer than the anchor's negative), or "all". Default "easy".
   */
  readonly posStrategy: PairStrategy;
  /**
   * Which negative of an anchor is taken: the "hard" (closest) one, the "easy" (farthest) one, the "semihard" one
   * (closest among those farther than the anchor's positive), or "all". Default "semihard".
   */
  readonly negStrategy: PairStrategy;
  /** The least and the largest distance of a positive. Not looked at by "all". Default null: any. */
  readonly allowedPosRange: Range | null;
  /** The least and the largest distance of a negative. Not looked at by "all". Default null: any. */
  readonly allowedNegRange: Range | null;
}

const strategies: readonly PairStrategy[] = ["hard", "semihard", "easy", "all"];

/**
 * One positive and one negative pair an anchor, each by a strategy of its own; an anchor that lacks either has none. With
 * "all" for one kind its pairs are all there are, whatever the other kind finds. "semihard" goes with "hard" and "easy"
 * only. For similarities close and far turn round. Default distance LpDistance.
 *
 * Source: Xuan, Stylianou and Pless, "Improved Embeddings with Easy Positive Triplet Mining" (WACV 2020).
 */
export class BatchEasyHardMiner extends TupleMiner<Pairs<Int32Array>, EasyHardFigures> {
  readonly name = "BatchEasyHardMiner";
  readonly posStrategy: PairStrategy;
  readonly negStrategy: PairStrategy;
  readonly allowedPosRange: Range | null;
  readonly allowedNegRange: Range | null;

  /** @throws RangeError when a strategy is unknown, or the two do not go together */
  constructor(options?: Partial<BatchEasyHardMinerOptions>) {
    const defaults = {
      ...minerDefaults,
      distance: new LpDistance(),
      posStrategy: "easy",
      negStrategy: "semihard",
      allowedPosRange: null,
      allowedNegRange: null,
    } as const;
    const given = withDefaults<BatchEasyHardMinerOptions>(options, defaults, "BatchEasyHardMiner");
    super(given, noEasyHardFigures);
    this.posStrategy = checkOneOf(given.posStrategy, "posStrategy", strategies);
    this.negStrategy = checkOneOf(given.negStrategy, "negStrategy", strategies);
    this.allowedPosRange = checkRange(given.allowedPosRange, "allowedPosRange");
    this.allowedNegRange = checkRange(given.allowedNegRange, "allowedNegRange");
    const both = [this.posStrategy, this.negStrategy];
    if (both.includes("semihard") && (both.includes("all") || this.posStrategy === this.negStrategy))
      throw new RangeError(
        `posStrategy is ${JSON.stringify(this.posStrategy)} and negStrategy ${JSON.stringify(this.negStrategy)}; ` +
          `"semihard" compares with one pair of the other kind: give "hard" or "easy" for that`,
      );
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, EasyHardFigures> {
    const search = new EasyHardSearch(this.distance, this);
    const statistics = new EasyHardStatistics(this.distance);
    const pairs = new PairList();
    const takesAll = this.posStrategy === "all" || this.negStrategy === "all";
    borrow((workspace) => {
      const rows = new ClassRows(workspace, batch, this.distance);
      const found = new Int32Array(rows.order.length + 1);
      rows.forEachRow((row) => {
        if (takesAll) this.#takeApart(row, search, found, pairs, statistics);
        else if (search.findBoth(row)) {
          pairs.addPositive(row.anchor, search.positive.index);
          pairs.addNegative(row.anchor, search.negative.index);
          statistics.addTriplet(search.positive.value, search.negative.value);
        }
      });
    });
    return { tuples: pairs.toPairs(), statistics: statistics.figures() };
  }

  /** Positives and negatives on their own, all of one kind at least. */
  #takeApart(
    row: ClassRow,
    search: EasyHardSearch,
    found: Int32Array,
    pairs: PairList,
    statistics: EasyHardStatistics,
  ): void {
    const { anchor, positives, negatives } = row;
    if (this.posStrategy === "all") {
      pairs.addPositives(anchor, found, this.keep(found, row.selectPositives(1, -Infinity, found)));
      if (positives.count > 0) for (const end of [positives.min(), positives.max()]) statistics.addPositive(end);
    } else if (search.findPositive(row)) {
      pairs.addPositive(anchor, search.positive.index);
      statistics.addPositive(search.positive.value);
    }
    if (this.negStrategy === "all") {
      pairs.addNegatives(anchor, found, this.keep(found, row.selectNegatives(1, -Infinity, found)));
      if (negatives.count > 0) for (const end of [negatives.min(), negatives.max()]) statistics.addNegative(end);
    } else if (search.findNegative(row)) {
      pairs.addNegative(anchor, search.negative.index);
      statistics.addNegative(search.negative.value);
    }
  }
}
