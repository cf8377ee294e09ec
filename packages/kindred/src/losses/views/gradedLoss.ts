import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import { zeros, type MatrixLike } from "../../matrix/matrix.ts";
import type { Labels } from "../../matrix/labels.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import { gradedOrder } from "../items/gradedOrder.ts";
import type { EvaluateOptions, Evaluation } from "../core/loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { refuseTuples } from "../../batch/requirements.ts";
import { RowSimilarity, type UnitSimilarity } from "../items/rowSimilarity.ts";

/** What every loss on graded pairs can be told; it has a similarity of its own and takes no distance. */
export interface GradedLossOptions extends MetricLossOptions {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  readonly scale: number;
}

export const gradedDefaults: GradedLossOptions = { ...metricLossDefaults, scale: 20 };

/** What losses on graded pairs must be given besides embeddings and scores. */
export interface GradedEvaluateOptions {
  /** Row i is what row i of the embeddings is compared with, n x d. Required. */
  readonly reference: MatrixLike;
}

/**
 * The similarity of row i of the embeddings and row i of the reference should stand in the order of the scores. A subclass
 * says what the similarity is.
 */
export abstract class GradedLoss extends MetricLoss {
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly scale: number;
  #scores: Float64Array = new Float64Array(0);

  constructor(name: string, options: GradedLossOptions) {
    if (options.distance !== null)
      throw new TypeError(
        `${name} has a similarity of its own; its distance is ${describe(options.distance)}, leave it out`,
      );
    super(options, new LpDistance(), new MeanReducer());
    this.scale = checkNumber(options.scale, "scale", { above: 0 });
  }

  /** How two rows of length 1 are compared. */
  protected abstract readonly similarity: UnitSimilarity;

  /**
   * @param scores how alike row i of both is, one finite number a row; only their order matters
   * @throws TypeError without a reference or scores; RangeError when rows and scores don't match
   */
  override evaluate(
    embeddings: MatrixLike,
    scores: Labels | null,
    options?: GradedEvaluateOptions & EvaluateOptions,
  ): Evaluation {
    for (const name of ["referenceLabels", "anchorRows"] as const)
      if (options?.[name] !== undefined) throw new TypeError(`${this.name} takes no ${name}; leave it out`);
    this.#scores = checkScores(this.name, scores);
    return super.evaluate(embeddings, null, options);
  }

  protected override check(batch: Batch): void {
    const { embeddings, reference } = batch;
    refuseTuples(this.name, batch);
    if (reference === null)
      throw new TypeError(`${this.name} needs a reference; give what each row of the embeddings is compared with`);
    if (reference.rows !== embeddings.rows)
      throw new RangeError(
        `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of one is compared with row i of the other`,
      );
    if (this.#scores.length !== embeddings.rows)
      throw new RangeError(`scores has ${this.#scores.length} entries for ${embeddings.rows} rows; give one a row`);
  }

  protected override silenceBefore(): BatchStatus | null {
    return null;
  }

  protected compute({ embeddings, reference }: Batch): Computed {
    const rows = new RowSimilarity(embeddings, reference!, this.similarity);
    const { loss, slopes, pairs } = gradedOrder(
      rows.values().map((value) => this.scale * value),
      this.#scores,
    );
    const gradients = {
      embeddings: zeros(embeddings.rows, embeddings.cols),
      reference: zeros(embeddings.rows, embeddings.cols),
    };
    rows.pull(
      slopes.map((slope) => this.scale * slope),
      gradients.embeddings,
      gradients.reference,
    );
    return alreadyReduced(this.reducer, { value: loss, ...gradients, items: pairs, activeItems: loss > 0 ? pairs : 0 });
  }
}

function checkScores(owner: string, scores: Labels | null): Float64Array {
  if (!Array.isArray(scores) && !(ArrayBuffer.isView(scores) && "length" in scores))
    throw new TypeError(`${owner} needs scores; it was given ${describe(scores)}, give one number a row`);
  return Float64Array.from(scores, (score: unknown, i) => checkNumber(score, `scores[${i}]`));
}
