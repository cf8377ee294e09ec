import { withAnchorRows } from "../batch/anchorRows.ts";
import { countPairs, type Batch } from "../batch/batch.ts";
import type { Others } from "../batch/others.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs, Tuples } from "../tuples/tuples.ts";
import type { MineOptions } from "./miner.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { LargestKeys } from "./search/largestKeys.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(minerOptions(new LpDistance()), {
  /** The share of the pairs that is kept, from 0 to 1, of positives and of negatives each. Default 0.5. */
  filterPercentage: number({ default: 0.5, atLeast: 0, atMost: 1 }),
});

/** Options of {@link HDCMiner}. */
export type HDCMinerOptions = OptionsGiven<typeof options>;

/**
 * The hardest share of all pairs of the batch: the ceil(filterPercentage P) farthest of its P positive pairs and the
 * ceil(filterPercentage N) closest of its N negative ones. Of equally far pairs at the cut any may be kept.
 *
 * In a cascade each level takes the hardest of what the level before kept: hand that over with `setIdxExternally`. It
 * stays until `resetIdx`. Default distance LpDistance.
 *
 * Source: Yuan, Yang and Zhang, "Hard-Aware Deeply Cascaded Embedding" (ICCV 2017).
 */
export class HDCMiner extends TupleMiner<typeof options, Pairs<Int32Array>> {
  static readonly description = describeMiner({
    name: "HDCMiner",
    summary: "The hardest share of all positive and of all negative pairs of the batch.",
    paper: 'Yuan, Yang and Zhang, "Hard-Aware Deeply Cascaded Embedding" (ICCV 2017)',
    gives: "pairs",
    needs: { positives: false, negatives: false },
    options,
  });
  #tuples: Tuples | null = null;

  /** Takes pairs (or triplets, as pairs) to choose from, instead of all that labels make. */
  setIdxExternally(tuples: Tuples): void {
    this.#tuples = tuples;
  }

  /** Goes back to the pairs that labels make. */
  resetIdx(): void {
    this.#tuples = null;
  }

  protected override check(embeddings: MatrixLike, labels: Labels, options?: MineOptions): Batch {
    return super.check(embeddings, labels, options, this.#tuples);
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>> {
    const { filterPercentage } = this.options;
    const { positivePairs, negativePairs } = countPairs(batch);
    const { away } = this.distance;
    const pairs = new PairList();
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const positives = new HardestOfKind(Math.ceil(filterPercentage * positivePairs), away, rows.capacity);
      const negatives = new HardestOfKind(Math.ceil(filterPercentage * negativePairs), -away, rows.capacity);
      rows.forEach((row) => {
        positives.countUpper(row.positives);
        negatives.countUpper(row.negatives);
      });
      positives.keys.endUpper();
      negatives.keys.endUpper();
      rows.forEach((row) => {
        positives.countLower(row.positives);
        negatives.countLower(row.negatives);
      });
      positives.keys.endLower();
      negatives.keys.endLower();
      rows.forEach((row) => {
        const { anchor } = row;
        pairs.addPositives(anchor, positives.taken, this.keep(positives.taken, positives.take(row.positives)));
        pairs.addNegatives(anchor, negatives.taken, this.keep(negatives.taken, negatives.take(row.negatives)));
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }
}

/** The hardest pairs of one kind, which are shown row by row, three times. */
class HardestOfKind {
  readonly keys: LargestKeys;
  /** The references of a row that {@link HardestOfKind.take} took. */
  readonly taken: Int32Array;
  readonly #sign: number;
  readonly #values: Float64Array;

  /** @param count how many are wanted; @param sign 1 where larger is harder, else -1 */
  constructor(count: number, sign: number, capacity: number) {
    this.keys = new LargestKeys(count);
    this.#sign = sign;
    this.#values = new Float64Array(capacity);
    this.taken = new Int32Array(capacity);
  }

  countUpper(others: Others): void {
    this.keys.countUpper(this.#values, this.#sign, others.read(this.#values));
  }

  countLower(others: Others): void {
    this.keys.countLower(this.#values, this.#sign, others.read(this.#values));
  }

  /** Takes those of a row; returns how many there are. */
  take(others: Others): number {
    const count = others.readWith(this.#values, this.taken);
    return this.keys.take(this.#values, this.#sign, count, this.taken);
  }
}
