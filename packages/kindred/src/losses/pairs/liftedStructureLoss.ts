import { pullGradients } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { NegativesAtEnds } from "../items/negativesAtEnds.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { PairRows } from "../../batch/pairRows.ts";

/** Options of {@link LiftedStructureLoss}. */
export interface LiftedStructureLossOptions extends MetricLossOptions {
  /** The distance that negatives should exceed (similarity they should not). Default 1. */
  readonly negMargin: number;
  /** The distance that positives should not exceed (similarity they should). Default 0. */
  readonly posMargin: number;
}

const defaults: LiftedStructureLossOptions = { ...metricLossDefaults, negMargin: 1, posMargin: 0 };

/**
 * A positive pair should be closer than the negatives nearest to either of its ends, with a soft maximum over those.
 *
 *     L_ap = 1/2 [ log( sum_{n in N_a} e^(negMargin - d_an) + sum_{n in N_p} e^(negMargin - d_pn) ) + d_ap - posMargin ]+^2
 *
 * One item a positive pair; where neither end has negatives the logarithm counts as 0. Needs positive and negative pairs
 * in the batch. With a reference the negatives of p are the anchors that form a negative pair with it, at their distance
 * d_np. For similarities the differences turn round. Default distance LpDistance, default reducer MeanReducer.
 *
 * The sums are kept for each sample, not for each pair: the rows are formed three times, for the sums, for what the items
 * pull at them, and for the slopes.
 *
 * Source: Oh Song et al., "Deep Metric Learning via Lifted Structured Feature Embedding" (CVPR 2016).
 */
export class LiftedStructureLoss extends MetricLoss {
  readonly name = "LiftedStructureLoss";
  readonly needs = { positives: true, negatives: true };
  readonly negMargin: number;
  readonly posMargin: number;

  constructor(options?: Partial<LiftedStructureLossOptions>) {
    const given = withDefaults(options, defaults, "LiftedStructureLoss");
    super(given, new LpDistance(), new MeanReducer());
    this.negMargin = checkNumber(given.negMargin, "negMargin");
    this.posMargin = checkNumber(given.posMargin, "posMargin");
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, labels } = batch;
    return borrow((workspace) => {
      const rows = new PairRows(workspace, batch, this.distance, "list");
      const negatives = new NegativesAtEnds(this.#away === 1 ? -1 : 1, embeddings.rows, reference?.rows ?? null);
      rows.forEachRow((row) => negatives.add(row));

      const begin = (): Reduction => this.reducerOf("loss").begin({ kind: "pos_pair", labels });
      const reduction = begin();
      rows.forEachRow((row) => {
        const count = this.#slopes(row, negatives, reduction);
        for (let k = 0; k < count; k++) negatives.pull(row.anchor, row.positiveAt(k), row.values[k]);
      });

      const again = begin();
      rows.pullBack((row) => {
        const count = this.#slopes(row, negatives, again);
        for (let k = 0; k < count; k++) row.values[k] *= this.#away;
        row.positives.write(row.values);
        negatives.writeSlopes(row);
      });
      const result = reduction.result();
      return {
        ...this.total([reduction], [result]),
        ...pullGradients(rows.sides, embeddings, reference, result.scale),
      };
    });
  }

  /** 1: larger is farther away, -1: larger is more alike. */
  get #away(): 1 | -1 {
    return this.distance.isInverted ? -1 : 1;
  }

  /** Hands the items of an anchor to the reduction; `values` holds d loss / d x of each, L = [x]+^2 / 2. */
  #slopes(row: PairRow, negatives: NegativesAtEnds, reduction: Reduction): number {
    const { anchor, positives, values, losses, weights } = row;
    const away = this.#away;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) {
      const log = negatives.log(anchor, row.positiveAt(k));
      const near = log === -Infinity ? 0 : log + away * this.negMargin;
      values[k] = Math.max(0, near + away * (values[k] - this.posMargin));
      losses[k] = values[k] ** 2 / 2;
    }
    row.weighPositives(reduction);
    for (let k = 0; k < count; k++) values[k] *= weights[k];
    return count;
  }
}
