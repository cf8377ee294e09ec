import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { RankingLoss, rankingOptions, rankingSubLosses, rankingTakes } from "./rankingLoss.ts";

const options = extendOptions(rankingOptions, {
  /** By how much less similar than the positive a false negative may be to the guide, >= 0. Default 0. */
  margin: number({ default: 0, atLeast: 0 }),
  /** "absolute" (default): the positive's similarity minus the margin; "relative": minus that share of its size. */
  marginStrategy: choice(["absolute", "relative"], { default: "absolute" }),
});

/** Options of {@link GISTLoss}. */
export type GISTLossOptions = OptionsGiven<typeof options>;

const takes = { ...rankingTakes, guide: true } as const satisfies Takes;

/** What {@link GISTLoss} must be given besides embeddings. */
export type GISTEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * {@link MultipleNegativesRankingLoss} without the negatives that a guide, another model, takes for positives.
 *
 *     L_i = -log( e^(s_ii) / (e^(s_ii) + sum_{j != i, g_ij <= t_i} e^(s_ij)) ),  s_ij = scale similarity(x_i, y_j)
 *
 * g_ij is the cosine of what the guide makes of x_i and y_j; t_i = g_ii - margin, or g_ii - margin |g_ii| with the relative
 * margin. The guide's embeddings have no slope. With `symmetric` the guide judges the other direction in the same way. All
 * else is as there. Negatives are the references alone; the paper's loss also has the other queries as negatives, and
 * references as negatives of each other. Default distance CosineSimilarity, default reducer MeanReducer.
 *
 *     new GISTLoss().evaluate(questions, null, { reference: answers, guideEmbeddings, guideReference });
 *
 * Source: Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning" (2024).
 */
export class GISTLoss extends RankingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "GISTLoss",
    family: "views",
    summary:
      "Among all references the query's own should be the most similar, those aside that a guide takes for positives.",
    paper:
      'Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning" (2024)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: rankingSubLosses,
    options,
  });

  protected override threshold(positive: number): number {
    const { margin, marginStrategy } = this.options;
    return positive - (marginStrategy === "absolute" ? margin : margin * Math.abs(positive));
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    const { embeddings, reference, guide } = batch;
    if ((guide!.reference === null) !== (reference === null))
      throw new TypeError(
        reference === null
          ? "guideReference was given without a reference; leave it out"
          : "reference was given without guideReference; give another model's embeddings of the reference",
      );
    checkRows("guideEmbeddings", guide!.embeddings, embeddings);
    if (guide!.reference === null || reference === null) return;
    checkRows("guideReference", guide!.reference, reference);
    if (guide!.reference.cols !== guide!.embeddings.cols)
      throw new RangeError(
        `guideReference has ${guide!.reference.cols} columns, guideEmbeddings has ${guide!.embeddings.cols}; both must be as wide`,
      );
  }
}

function checkRows(name: string, guide: Matrix, samples: Matrix): void {
  if (guide.rows !== samples.rows)
    throw new RangeError(`${name} has ${guide.rows} rows for ${samples.rows} samples; give one a sample`);
}
