import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { zeros } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { gradedOrder } from "../items/gradedOrder.ts";
import { RowSimilarity, type UnitSimilarity } from "../items/rowSimilarity.ts";

/** The options of every loss on graded pairs; it has a similarity of its own and takes no distance. */
export const gradedOptions = extendOptions(regularizedOptions(new MeanReducer()), {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  scale: number({ default: 20, above: 0 }),
});

/** What every loss on graded pairs can be told. */
export type GradedLossOptions = OptionsGiven<typeof gradedOptions>;

/** What every loss on graded pairs takes: scores in place of labels, and a reference as long as the embeddings. */
export const gradedTakes = { labels: "scores", reference: "required", tuples: "none" } as const satisfies Takes;

/** What losses on graded pairs must be given besides embeddings and scores. */
export type GradedEvaluateOptions = ColumnsOf<typeof gradedTakes>;

/**
 * The similarity of row i of the embeddings and row i of the reference should stand in the order of the scores. A subclass
 * says what the similarity is.
 */
export abstract class GradedLoss extends MetricLoss<typeof gradedOptions, typeof gradedTakes> {
  /** How two rows of length 1 are compared. */
  protected abstract readonly similarity: UnitSimilarity;

  protected compute({ embeddings, reference, scores }: Batch): Computed {
    const { scale } = this.options;
    const rows = new RowSimilarity(embeddings, reference!, this.similarity);
    const { loss, slopes, pairs } = gradedOrder(
      rows.values().map((value) => scale * value),
      scores!,
    );
    const gradients = {
      embeddings: zeros(embeddings.rows, embeddings.cols),
      reference: zeros(embeddings.rows, embeddings.cols),
    };
    rows.pull(
      slopes.map((slope) => scale * slope),
      gradients.embeddings,
      gradients.reference,
    );
    const activeItems = loss > 0 ? pairs : 0;
    const silence = pairs === 0 && scores!.length > 0 ? ({ silence: "no-ordered-scores" } as const) : {};
    return alreadyReduced(this.reducer, { value: loss, ...gradients, items: pairs, activeItems, ...silence });
  }
}
