import type { Workspace } from "../../kernels/runtime.ts";
import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Batch } from "../../batch/batch.ts";
import { GuideRows } from "./guideRows.ts";
import type { EvaluateOptions, Evaluation } from "../core/loss.ts";
import { orderedRows, type MatchedRows } from "../../batch/matchedRows.ts";
import { rankingDefaults, RankingLoss, type RankingLossOptions } from "./rankingLoss.ts";

/** Options of {@link GISTLoss}. */
export interface GISTLossOptions extends RankingLossOptions {
  /** By how much less similar than the positive a false negative may be to the guide, >= 0. Default 0. */
  readonly margin: number;
  /** "absolute" (default): the positive's similarity minus the margin; "relative": minus that share of its size. */
  readonly marginStrategy: "absolute" | "relative";
}

const defaults: GISTLossOptions = { ...rankingDefaults, margin: 0, marginStrategy: "absolute" };

/** What {@link GISTLoss.evaluate} must be given besides embeddings. */
export interface GISTEvaluateOptions extends EvaluateOptions {
  /** What the guide makes of the samples of the embeddings, one row each, of any width. Required. */
  readonly guideEmbeddings: MatrixLike;
  /** What the guide makes of the reference, one row each, as wide. Required with a reference. */
  readonly guideReference?: MatrixLike | undefined;
}

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
export class GISTLoss extends RankingLoss {
  readonly name = "GISTLoss";
  readonly margin: number;
  readonly marginStrategy: "absolute" | "relative";
  #guide: { readonly embeddings: Matrix; readonly reference: Matrix | null } | null = null;

  constructor(options?: Partial<GISTLossOptions>) {
    const given = withDefaults(options, defaults, "GISTLoss");
    super(given);
    this.margin = checkNumber(given.margin, "margin", { atLeast: 0 });
    this.marginStrategy = checkOneOf(given.marginStrategy, "marginStrategy", ["absolute", "relative"]);
  }

  /** @throws TypeError without the guide's embeddings; RangeError when their rows are not those of the samples */
  override evaluate(embeddings: MatrixLike, labels: Labels | null, options?: GISTEvaluateOptions): Evaluation {
    const { guideEmbeddings, guideReference, ...others } = options ?? ({} as Partial<GISTEvaluateOptions>);
    if (guideEmbeddings === undefined)
      throw new TypeError("GISTLoss needs guideEmbeddings; give another model's embeddings of the same samples");
    this.#guide = {
      embeddings: toMatrix(guideEmbeddings, "guideEmbeddings"),
      reference: guideReference === undefined ? null : toMatrix(guideReference, "guideReference"),
    };
    try {
      return super.evaluate(embeddings, labels, others);
    } finally {
      this.#guide = null;
    }
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    const guide = this.#guide!;
    if ((guide.reference === null) !== (batch.reference === null))
      throw new TypeError(
        batch.reference === null
          ? "guideReference was given without a reference; leave it out"
          : "reference was given without guideReference; give another model's embeddings of the reference",
      );
    checkRows("guideEmbeddings", guide.embeddings, batch.embeddings);
    if (guide.reference === null || batch.reference === null) return;
    checkRows("guideReference", guide.reference, batch.reference);
    if (guide.reference.cols !== guide.embeddings.cols)
      throw new RangeError(
        `guideReference has ${guide.reference.cols} columns, guideEmbeddings has ${guide.embeddings.cols}; both must be as wide`,
      );
  }

  protected override guide(workspace: Workspace, matched: MatchedRows, isTurned: boolean): GuideRows {
    const { embeddings, reference } = this.#guide!;
    const sides = [embeddings, reference ?? embeddings];
    const [queries, candidates] = isTurned ? sides.reverse() : sides;
    const { margin } = this;
    const threshold =
      this.marginStrategy === "absolute"
        ? (positive: number): number => positive - margin
        : (positive: number): number => positive - margin * Math.abs(positive);
    return new GuideRows(
      workspace,
      orderedRows(queries, matched.queries),
      orderedRows(candidates, matched.candidates),
      threshold,
    );
  }
}

function checkRows(name: string, guide: Matrix, samples: Matrix): void {
  if (guide.rows !== samples.rows)
    throw new RangeError(`${name} has ${guide.rows} rows for ${samples.rows} samples; give one a sample`);
}
