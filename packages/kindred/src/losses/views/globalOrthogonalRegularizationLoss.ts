import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { powerOfTwo } from "../../matrix/float.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { withoutItems } from "../core/withoutItems.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** What the squared mean is multiplied by, >= 0. Default 1. */
  meanWeight: number({ default: 1, atLeast: 0 }),
  /** What the second moment's excess is multiplied by, >= 0. Default 1. */
  secondMomentWeight: number({ default: 1, atLeast: 0 }),
  /** What becomes of the columns' penalties: their "mean" (default) or their "sum". */
  aggregation: choice(["mean", "sum"], { default: "mean" }),
});

/** Options of {@link GlobalOrthogonalRegularizationLoss}. */
export type GlobalOrthogonalRegularizationLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "none", reference: "paired", negatives: "any", tuples: "none" } as const satisfies Takes;

/** What {@link GlobalOrthogonalRegularizationLoss} may be given besides embeddings. */
export type GlobalOrthogonalRegularizationEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * Rows that have nothing to do with each other should be as far apart as on a sphere that is evenly filled.
 *
 *     meanLoss:         meanWeight mean(s)^2
 *     secondMomentLoss: secondMomentWeight [mean(s^2) - 1/d]+
 *
 * s are the similarities of different rows of one column, d its width; the loss is the mean or the sum over the columns: the
 * embeddings, the reference and the columns of negatives, as many of them as are given. A column of one row costs nothing. Two
 * sub-losses that come reduced. To be added to a loss that says what belongs together. Takes neither labels nor tuples. Default
 * distance CosineSimilarity; distances that are not inverted enter as they are, since both terms are even. Time n^2 d a
 * column, memory one tile.
 *
 *     new GlobalOrthogonalRegularizationLoss().evaluate(questions, null, { reference: answers });
 *
 * Throws a RangeError when both weights are 0.
 *
 * Source: Zhang et al., "Learning Spread-out Local Feature Descriptors" (ICCV 2017), which has the negatives of a batch in
 * place of all pairs; the squared mean for any similarity and the columns as in sentence-transformers.
 */
export class GlobalOrthogonalRegularizationLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "GlobalOrthogonalRegularizationLoss",
    family: "views",
    summary: "Different rows of a column should be as far apart as on a sphere that is evenly filled.",
    paper: 'Zhang et al., "Learning Spread-out Local Feature Descriptors" (ICCV 2017)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { meanLoss: "number", secondMomentLoss: "number" },
    options,
  });

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { meanWeight, secondMomentWeight } = this.options;
    if (meanWeight === 0 && secondMomentWeight === 0)
      throw new RangeError("meanWeight and secondMomentWeight are both 0; give one of them a weight");
  }

  protected compute({ embeddings, reference, negatives }: Batch): Computed {
    const columns = [embeddings, ...(reference === null ? [] : [reference]), ...negatives];
    const share = this.options.aggregation === "mean" ? 1 / columns.length : 1;
    const { scale } = withoutItems(0, this.reducer);
    const found = columns.map((column) => this.#spread(column, share, share * scale));
    const sum = (part: "mean" | "secondMoment"): number => found.reduce((total, each) => total + each[part], 0);
    const parts = [sum("mean"), sum("secondMoment")];
    const [first, ...others] = found.map(({ slopes }) => slopes);
    const ofNegatives = others.slice(1);
    return {
      ...this.total(
        [],
        parts.map((part) => withoutItems(part, this.reducer)),
      ),
      items: parts.length,
      activeItems: parts.filter((part) => part > 0).length,
      embeddings: first,
      ...(reference !== null && { reference: others[0] }),
      ...(ofNegatives.length > 0 && { negatives: ofNegatives }),
    };
  }

  /** Both penalties of a column times `share`, and their slopes times `scale`. */
  #spread(column: Matrix, share: number, scale: number): Spread {
    const { meanWeight, secondMomentWeight } = this.options;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, column);
      const pairs = Math.max(1, column.rows * (column.rows - 1));
      const { mean, secondMoment, largest } = moments(sides, pairs);
      const excess = column.rows < 2 ? 0 : Math.max(0, secondMoment - 1 / column.cols);
      const [constant, linear] = [2 * meanWeight * mean, excess > 0 ? 2 * secondMomentWeight : 0];
      // so that the slopes of huge similarities stay in float32's range until they are pulled back
      const unit = powerOfTwo(Math.abs(constant) + linear * largest);
      sides.tiles.pullBack((row) => {
        const values = row.view();
        for (let j = 0; j < values.length; j++) values[j] = (constant + linear * values[j]) / unit;
        values[row.place] = 0;
      });
      return {
        mean: share * meanWeight * mean * mean,
        secondMoment: share * secondMomentWeight * excess,
        slopes: pullGradients(sides, column, null, (scale * unit) / pairs).embeddings,
      };
    });
  }
}

/** The penalties of a column and their slopes. */
interface Spread {
  readonly mean: number;
  readonly secondMoment: number;
  readonly slopes: Matrix;
}

/** Of the similarities of all pairs of different rows. */
interface Moments {
  /** The means of s and s^2. */
  readonly mean: number;
  readonly secondMoment: number;
  /** The largest |s|. */
  readonly largest: number;
}

function moments({ tiles }: Comparison, pairs: number): Moments {
  let [total, squares, largest] = [0, 0, 0];
  tiles.forEachRow((row) => {
    const values = row.view();
    for (let j = 0; j < values.length; j++) {
      if (j === row.place) continue;
      total += values[j];
      squares += values[j] ** 2;
      largest = Math.max(largest, Math.abs(values[j]));
    }
  });
  return { mean: total / pairs, secondMoment: squares / pairs, largest };
}
