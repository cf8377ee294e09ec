import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, flag, number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Direction } from "../elections/ballot.ts";
import type { Rolls } from "../elections/rolls.ts";
import { RankingLoss, rankingOptions, rankingSubLosses, rankingTakes } from "./rankingLoss.ts";

const options = extendOptions(rankingOptions, {
  /** What similarities are divided by, > 0. Default 0.01. */
  temperature: number({ default: 0.01, above: 0 }),
  /** Whether queries are negatives of each other too. Default true. */
  contrastAnchors: flag({ default: true }),
  /** Whether references are negatives of each other too. Default true. */
  contrastPositives: flag({ default: true }),
  /**
   * By how much less similar than the positive a false negative may be to the guide; below 0: by how much more similar a negative may
   * be. Default 0.
   */
  margin: number({ default: 0 }),
  /** "absolute" (default): the positive's similarity minus the margin; "relative": minus that share of its size. */
  marginStrategy: choice(["absolute", "relative"], { default: "absolute" }),
});

/** Options of {@link GISTLoss}. */
export type GISTLossOptions = OptionsGiven<typeof options>;

const takes = { ...rankingTakes, guide: true } as const satisfies Takes;

/** What {@link GISTLoss} must be given besides embeddings. */
export type GISTEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * A ranking without the negatives that a guide, another model, takes for positives.
 *
 *     L_i = -log( e^(s(x_i, y_i)) / (e^(s(x_i, y_i)) + Z_i) ),  s = similarity / temperature
 *     Z_i = sum over documents d other than y_i: [g(x_i, d) <= t_i] e^(s(x_i, d))
 *         + sum over queries j != i:    [g(x_i, x_j) <= t_i] e^(s(x_i, x_j))    with contrastAnchors
 *         + sum over references j != i: [g(y_i, y_j) <= t_i] e^(s(y_i, y_j))    with contrastPositives
 *
 * g is the cosine of what the guide makes of two samples; t_i = g(x_i, y_i) - margin, or g(x_i, y_i) - margin |g(x_i, y_i)| with
 * the relative margin. The guide's embeddings have no slope. Documents are the reference and the columns of `negatives`, as in
 * {@link MultipleNegativesRankingLoss}, and so are labels, items, and batches without a reference. Default distance
 * CosineSimilarity, default reducer MeanReducer. Time n m (d + the guide's d) for each sum; memory: a block of rows.
 *
 *     new GISTLoss().evaluate(questions, null, { reference: answers, guideEmbeddings, guideReference });
 *
 * Source: Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning" (2024);
 * margins: de Souza P. Moreira et al., "NV-Retriever: Improving text embedding models with effective hard-negative mining" (2024).
 */
export class GISTLoss extends RankingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "GISTLoss",
    family: "views",
    summary:
      "Among all candidates the query's own document should be the most similar, those aside that a guide takes for positives.",
    paper:
      'Solatorio, "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning" (2024)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: rankingSubLosses,
    options,
  });

  protected override get scale(): number {
    return 1 / this.options.temperature;
  }

  protected override directions({ queries, positives, answers, documents }: Rolls): readonly (readonly Direction[])[] {
    const { contrastAnchors, contrastPositives } = this.options;
    const hardness = { mode: "none", strength: 0 } as const;
    const all: readonly (Direction | false)[] = [
      { asking: queries, asked: documents, own: "wins", hardness },
      contrastAnchors && { asking: queries, asked: queries, own: "out", hardness },
      contrastPositives && { asking: positives, asked: answers, own: "out", hardness },
    ];
    return [all.filter((direction) => direction !== false)];
  }

  protected override limit(positive: number): number {
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
    checkWidth("guideReference", guide!.reference, guide!.embeddings);
    guide!.negatives.forEach((column, k) => {
      checkWidth(`guideNegatives[${k}]`, column, guide!.embeddings);
    });
  }
}

function checkRows(name: string, guide: Matrix, samples: Matrix): void {
  if (guide.rows !== samples.rows)
    throw new RangeError(`${name} has ${guide.rows} rows for ${samples.rows} samples; give one a sample`);
}

function checkWidth(name: string, guide: Matrix, other: Matrix): void {
  if (guide.cols !== other.cols)
    throw new RangeError(`${name} has ${guide.cols} columns, guideEmbeddings has ${other.cols}; both must be as wide`);
}
