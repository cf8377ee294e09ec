import { countPairs, type Batch, type PairCounts } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { Silence } from "../core/silenceReasons.ts";
import { AnglesAtNegatives } from "../counting/anglesAtNegatives.ts";
import { AngularScene } from "../counting/angularScene.ts";
import { logAddExp } from "../items/logSumExp.ts";

const options = extendOptions(
  comparingOptions(new LpDistance(), new MeanReducer(), {
    only: LpDistance,
    settings: { normalizeEmbeddings: true, p: 2, power: 1 },
  }),
  {
    /** The largest angle at the negative, in degrees, > 0 and < 90. Default 40. */
    alpha: number({ default: 40, above: 0, below: 90 }),
  },
);

/** Options of {@link AngularLoss}. */
export type AngularLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "any", tuples: "pairs" } as const satisfies Takes;

/**
 * Bounds the angle at the negative in the triangle that it makes with a positive pair.
 *
 *     f_apn = 4 t (u_a + u_p) . x_n - 2 (1 + t) u_a . u_p,  t = tan^2 alpha
 *     L_ap  = log(1 + sum_n e^(f_apn))
 *
 * u are normalized embeddings, x_n are negatives as they are. One item a positive pair; its negatives are all references
 * of other classes than the anchor's, whatever tuples say. An item without negatives is 0. Needs labels, and positive and
 * negative pairs. Distance LpDistance with p 2 and power 1 on normalized embeddings alone; default reducer MeanReducer.
 * Time: one exponential for each positive pair with each reference.
 *
 * Source: Wang et al., "Deep Metric Learning with Angular Loss" (ICCV 2017).
 */
export class AngularLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "AngularLoss",
    family: "triplets",
    summary: "The angle at the negative in its triangle with a positive pair should be small.",
    paper: 'Wang et al., "Deep Metric Learning with Angular Loss" (ICCV 2017)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "pos_pair" },
    options,
  });

  /** Negatives are those that labels make, whatever negative pairs tuples name. */
  protected override silenceBefore(batch: Batch, pairs: PairCounts): Silence | null {
    const { negativePairs } = countPairs({ ...batch, tuples: null });
    return super.silenceBefore(batch, pairs) ?? (negativePairs === 0 ? "no-negative-pairs" : null);
  }

  protected override silenceAfter(batch: Batch): Silence {
    return super.silenceAfter({ ...batch, tuples: null });
  }

  protected compute(batch: Batch): Computed {
    const t = Math.tan((this.options.alpha * Math.PI) / 180) ** 2;
    return borrow((workspace) => {
      const scene = new AngularScene(workspace, batch);
      const angles = new AnglesAtNegatives(workspace, scene, { withNegatives: 4 * t, ofPair: -2 * (1 + t) });
      const reduction = this.begin("loss", batch.labels);
      scene.rows.forEachBlock((block) => {
        const losses = new Float64Array(block.pairs);
        block.forEachPair((pair) => {
          const { log } = angles.logSumExp(pair);
          losses[pair.index] = log === -Infinity ? 0 : logAddExp(0, log);
        });
        const weights = scene.weigh(block, losses, reduction);
        block.pullBack((pair) => {
          const sum = angles.logSumExp(pair);
          // dL/df_n = softmax_n e^(log - L)
          angles.pull(pair, sum, weights[pair.index] * Math.exp(sum.log - losses[pair.index]));
        });
      });
      const result = reduction.result();
      return { ...this.total([reduction], [result]), ...scene.pullGradients(result.scale) };
    });
  }
}
