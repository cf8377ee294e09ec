import type { AnchorRow } from "../../batch/anchorRow.ts";
import { withAnchorRows, type TupleMeaning } from "../../batch/anchorRows.ts";
import { countPairs, type Batch, type PairCounts } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { pullGradients } from "../../distances/distance.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import { toWeights } from "../../tuples/toWeights.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import type { ComparingOptionRecord } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { Silence } from "../core/silenceReasons.ts";

/** What most losses on pairs take: labels or tuples, and a reference. */
export const pairTakes = { labels: "classes", reference: "any", tuples: "pairs" } as const satisfies Takes;

/**
 * A loss on the pairs of each anchor. A subclass says what items an anchor's positives and negatives make and what their
 * slopes are; tiles, tuples, references, reducers and memory are handled below.
 */
export abstract class PairLoss<
  R extends ComparingOptionRecord = ComparingOptionRecord,
  T extends Takes = typeof pairTakes,
> extends ComparingLoss<R, T> {
  /** Whether a pair given several times counts as often or once. */
  protected readonly tupleMeaning: TupleMeaning = "list";

  /**
   * Hands the items of one anchor to the reductions (one a sub-loss), and replaces the distances in the row's places by
   * weight x slope.
   */
  protected abstract row(row: AnchorRow, reductions: readonly Reduction[]): void;

  /** Tuples that only weigh anchors leave all pairs that labels make. */
  protected override silenceBefore(batch: Batch, pairs: PairCounts): Silence | null {
    if (!this.#isWeighedByTuples) return super.silenceBefore(batch, pairs);
    const all = { ...batch, tuples: null };
    return super.silenceBefore(all, countPairs(all));
  }

  protected override silenceAfter(batch: Batch): Silence {
    return super.silenceAfter(this.#isWeighedByTuples ? { ...batch, tuples: null } : batch);
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, tuples } = batch;
    const isWeighed = this.#isWeighedByTuples;
    const weights = isWeighed ? toWeights(tuples, embeddings.rows, { usingReference: reference !== null }) : null;
    const chosen = isWeighed ? { ...batch, tuples: null } : batch;
    return withAnchorRows(chosen, this.distance, this.tupleMeaning, (rows) => {
      let pulls = new Map<string, number>();
      const visit = (reductions: readonly Reduction[]) => (row: AnchorRow) => {
        if (weights !== null) row.weight = weights[row.anchor];
        this.row(row, reductions);
        pulls = row.pulls;
      };
      const reductions = this.#begin(batch);
      let results: readonly Reduced[];
      let scale = 1;
      if (reductions.length === 1) {
        rows.pullBack(visit(reductions));
        results = [reductions[0].result()];
        scale = results[0].scale;
      } else {
        // each sub-loss has a scale of its own, so they must be known before slopes are added up
        rows.forEach(visit(reductions));
        results = reductions.map((reduction) => reduction.result());
        pulls.clear();
        rows.pullBack(visit(this.#begin(batch).map((reduction, k) => reduction.scaledBy(results[k].scale))));
      }
      return {
        ...this.total(reductions, results),
        ...pullGradients(rows.sides, embeddings, reference, scale),
        parameters: this.#parameterSlopes(pulls, scale),
      };
    });
  }

  get #isWeighedByTuples(): boolean {
    return this.description.takes.tuples === "weights";
  }

  #begin({ labels }: Batch): Reduction[] {
    return this.subLossNames.map((name) => this.begin(name, labels));
  }

  /** The slopes by the loss's own numbers, which are 1 x 1. */
  #parameterSlopes(pulls: ReadonlyMap<string, number>, scale: number): Readonly<Record<string, Matrix>> {
    return Object.fromEntries(
      Object.keys(this.parameters).map((name) => {
        const slope = zeros(1, 1);
        slope.data[0] = scale * (pulls.get(name) ?? 0);
        return [name, slope];
      }),
    );
  }
}
