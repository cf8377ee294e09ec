import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { gradedOrder } from "../items/gradedOrder.ts";
import type { PairSimilarity } from "../items/pairSimilarity.ts";
import { RowSimilarities } from "../items/rowSimilarities.ts";

/** The options of every loss on graded pairs; it compares rows by place and takes no distance. */
export const gradedOptions = extendOptions(regularizedOptions(new MeanReducer()), {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  scale: number({ default: 20, above: 0 }),
});

/** The options that every loss on graded pairs has. */
export type GradedOptionRecord = typeof gradedOptions;

/** What every loss on graded pairs can be told. */
export type GradedLossOptions = OptionsGiven<GradedOptionRecord>;

/** What every loss on graded pairs takes: scores in place of labels, and a reference as long as the embeddings. */
export const gradedTakes = { labels: "scores", reference: "required", tuples: "none" } as const satisfies Takes;

/** What losses on graded pairs must be given besides embeddings and scores. */
export type GradedEvaluateOptions = ColumnsOf<typeof gradedTakes>;

/**
 * The similarities of rows by place should stand in the order of their scores. A subclass says what the similarity is. Where
 * it takes negatives as well, row i of each is a pair with row i of the embeddings too: see {@link scoresOfPairs}.
 */
export abstract class GradedLoss<
  R extends GradedOptionRecord = GradedOptionRecord,
  T extends Takes = typeof gradedTakes,
> extends MetricLoss<R, T> {
  declare readonly options: OptionValues<R> & OptionValues<GradedOptionRecord>;

  /** How two rows are compared. */
  protected abstract get similarity(): PairSimilarity;

  protected compute(batch: Batch): Computed {
    const { scale } = this.options;
    const rows = new RowSimilarities(batch, this.similarity);
    const scores = scoresOfPairs(batch);
    const { loss, slopes, pairs } = gradedOrder(
      rows.values().map((value) => scale * value),
      scores,
    );
    const gradients = rows.pull(slopes.map((slope) => scale * slope));
    const activeItems = loss > 0 ? pairs : 0;
    const silence = pairs === 0 && scores.length > 0 ? ({ silence: "no-ordered-scores" } as const) : {};
    return alreadyReduced(this.reducer, { value: loss, ...gradients, items: pairs, activeItems, ...silence });
  }
}

/**
 * A score for each candidate of each row: the reference's is the one given, or 1 where none are, and those of the negatives
 * are 1 minus that.
 */
function scoresOfPairs({ embeddings, negatives, scores }: Batch): Float64Array {
  const candidates = 1 + negatives.length;
  return Float64Array.from({ length: embeddings.rows * candidates }, (_, at) => {
    const score = scores === null ? 1 : scores[Math.floor(at / candidates)];
    return at % candidates === 0 ? score : 1 - score;
  });
}
