import type { AnchorRow } from "../batch/anchorRow.ts";
import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { choice } from "../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../options/option.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { EasyHardSearch, rangeOption } from "./search/easyHardSearch.ts";
import { EasyHardStatistics, noEasyHardFigures, type EasyHardFigures } from "./search/easyHardStatistics.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const strategies = ["hard", "semihard", "easy", "all"] as const;

const options = extendOptions(minerOptions(new LpDistance()), {
  /**
   * Which positive of an anchor is taken: the "hard" (farthest) one, the "easy" (closest) one, the "semihard" one
   * (farthest among those closer than the anchor's negative), or "all". Default "easy".
   */
  posStrategy: choice(strategies, { default: "easy" }),
  /**
   * Which negative of an anchor is taken: the "hard" (closest) one, the "easy" (farthest) one, the "semihard" one
   * (closest among those farther than the anchor's positive), or "all". Default "semihard".
   */
  negStrategy: choice(strategies, { default: "semihard" }),
  /** The least and the largest distance of a positive. Not looked at by "all". Default null: any. */
  allowedPosRange: rangeOption(),
  /** The least and the largest distance of a negative. Not looked at by "all". Default null: any. */
  allowedNegRange: rangeOption(),
});

/** Options of {@link BatchEasyHardMiner}. */
export type BatchEasyHardMinerOptions = OptionsGiven<typeof options>;

/**
 * One positive and one negative pair an anchor, each by a strategy of its own; an anchor that lacks either has none. With
 * "all" for one kind its pairs are all there are, whatever the other kind finds. "semihard" goes with "hard" and "easy"
 * only. For similarities close and far turn round. Default distance LpDistance.
 *
 * Source: Xuan, Stylianou and Pless, "Improved Embeddings with Easy Positive Triplet Mining" (WACV 2020).
 */
export class BatchEasyHardMiner extends TupleMiner<typeof options, Pairs<Int32Array>, EasyHardFigures> {
  static readonly description = describeMiner({
    name: "BatchEasyHardMiner",
    summary: "One positive and one negative pair an anchor, each hard, semihard or easy; or all of a kind.",
    paper: 'Xuan, Stylianou and Pless, "Improved Embeddings with Easy Positive Triplet Mining" (WACV 2020)',
    gives: "pairs",
    needs: { positives: true, negatives: true },
    figures: noEasyHardFigures,
    options,
  });

  /** @throws RangeError when a strategy is unknown, or the two do not go together */
  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { posStrategy, negStrategy } = this.options;
    const both = [posStrategy, negStrategy];
    if (both.includes("semihard") && (both.includes("all") || posStrategy === negStrategy))
      throw new RangeError(
        `posStrategy is ${JSON.stringify(posStrategy)} and negStrategy ${JSON.stringify(negStrategy)}; ` +
          `"semihard" compares with one pair of the other kind: give "hard" or "easy" for that`,
      );
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, EasyHardFigures> {
    const { posStrategy, negStrategy } = this.options;
    const search = new EasyHardSearch(this.distance, this.options);
    const statistics = new EasyHardStatistics(this.distance);
    const pairs = new PairList();
    const takesAll = posStrategy === "all" || negStrategy === "all";
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const found = new Int32Array(rows.capacity + 1);
      rows.forEach((row) => {
        if (takesAll) {
          this.#takePositives(row, search, found, pairs, statistics);
          this.#takeNegatives(row, search, found, pairs, statistics);
        } else if (search.findBoth(row)) {
          pairs.addPositive(row.anchor, search.positive.index);
          pairs.addNegative(row.anchor, search.negative.index);
          statistics.addTriplet(search.positive.value, search.negative.value);
        }
      });
    });
    return { tuples: pairs.toPairs(), statistics: statistics.figures() };
  }

  /** Positives on their own: all, or the one searched for. */
  #takePositives(
    row: AnchorRow,
    search: EasyHardSearch,
    found: Int32Array,
    pairs: PairList,
    statistics: EasyHardStatistics,
  ): void {
    const { anchor, positives } = row;
    if (this.options.posStrategy === "all") {
      pairs.addPositives(anchor, found, this.keep(found, positives.select(1, -Infinity, found)));
      if (positives.count > 0) for (const end of [positives.min(), positives.max()]) statistics.addPositive(end);
    } else if (search.findPositive(row)) {
      pairs.addPositive(anchor, search.positive.index);
      statistics.addPositive(search.positive.value);
    }
  }

  /** The same with negatives. */
  #takeNegatives(
    row: AnchorRow,
    search: EasyHardSearch,
    found: Int32Array,
    pairs: PairList,
    statistics: EasyHardStatistics,
  ): void {
    const { anchor, negatives } = row;
    if (this.options.negStrategy === "all") {
      pairs.addNegatives(anchor, found, this.keep(found, negatives.select(1, -Infinity, found)));
      if (negatives.count > 0) for (const end of [negatives.min(), negatives.max()]) statistics.addNegative(end);
    } else if (search.findNegative(row)) {
      pairs.addNegative(anchor, search.negative.index);
      statistics.addNegative(search.negative.value);
    }
  }
}
