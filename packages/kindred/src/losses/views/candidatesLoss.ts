import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import type { RegularizedOptionRecord } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import type { PairSimilarity } from "../items/pairSimilarity.ts";
import { RowSimilarities } from "../items/rowSimilarities.ts";

/**
 * The loss of row i by the similarities of its candidates, the reference's first and then those of the columns of negatives;
 * it leaves its slopes in their place.
 */
export type CandidatesItem = (similarities: Float64Array, i: number) => number;

/**
 * A loss with one item a row, made of the similarities between row i of the embeddings and its candidates: row i of the
 * reference and of each column of negatives. A subclass says what they are and what the item is. Time n K d for K
 * candidates; memory one number a candidate, beside the slopes.
 */
export abstract class CandidatesLoss<
  R extends RegularizedOptionRecord = RegularizedOptionRecord,
  T extends Takes = Takes,
> extends MetricLoss<R, T> {
  /** How two rows are compared. */
  protected abstract get similarity(): PairSimilarity;

  /**
   * The item of every row of a batch.
   *
   * @param similarities of all rows: candidate k of row i stands at i K + k
   */
  protected abstract itemOf(batch: Batch, similarities: Float64Array): CandidatesItem;

  protected compute(batch: Batch): Computed {
    const rows = new RowSimilarities(batch, this.similarity);
    const reduction = this.begin("loss", batch.labels);
    const values = rows.values();
    const item = this.itemOf(batch, values);
    for (let i = 0; i < batch.embeddings.rows; i++) {
      const row = values.subarray(i * rows.candidates, (i + 1) * rows.candidates);
      const weight = reduction.weighOne(i, item(row, i));
      for (let k = 0; k < row.length; k++) row[k] *= weight;
    }
    const result = reduction.result();
    return { ...this.total([reduction], [result]), ...rows.pull(values.map((slope) => slope * result.scale)) };
  }
}
