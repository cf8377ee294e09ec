import { pullGradients } from "../../distances/distance.ts";
import { borrow } from "../../kernels/runtime.ts";
import type { ItemKind, Reduction } from "../../reducers/reducer.ts";
import type { Batch } from "../../batch/batch.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { PairRows, type TupleMeaning } from "../../batch/pairRows.ts";

/**
 * A loss on the pairs of each anchor. A subclass says what items an anchor's positives and negatives make and what their
 * slopes are; tiles, tuples, references, reducers and memory are handled here.
 */
export abstract class PairLoss extends MetricLoss {
  /** Whether a pair given several times counts as often or once. */
  protected readonly tupleMeaning: TupleMeaning = "list";

  /** What the items of each sub-loss are. */
  protected abstract readonly itemKinds: readonly ItemKind[];

  /**
   * Hands the items of one anchor to the reductions (one a sub-loss), and replaces the distances in the row's places by
   * weight x slope.
   */
  protected abstract row(row: PairRow, reductions: readonly Reduction[]): void;

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, labels } = batch;
    return borrow((workspace) => {
      const rows = new PairRows(workspace, batch, this.distance, this.tupleMeaning);
      const begin = (): Reduction[] =>
        this.subLossNames.map((name, k) => this.reducerOf(name).begin({ kind: this.itemKinds[k], labels }));
      const reductions = begin();
      let scale = 1;
      if (reductions.length === 1) {
        rows.pullBack((row) => this.row(row, reductions));
        scale = reductions[0].result().scale;
      } else {
        // each sub-loss has a scale of its own, so they must be known before slopes are added up
        rows.forEachRow((row) => this.row(row, reductions));
        const again = begin().map((reduction, k) => reduction.scaledBy(reductions[k].result().scale));
        rows.pullBack((row) => this.row(row, again));
      }
      const results = reductions.map((reduction) => reduction.result());
      return {
        ...this.total(reductions, results),
        ...pullGradients(rows.sides, embeddings, reference, scale),
      };
    });
  }
}
