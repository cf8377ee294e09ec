import { LpDistance } from "../../distances/lpDistance.ts";
import { Places } from "../../kernels/places.ts";
import { borrow, heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { Recorder } from "../../reducers/doNothingReducer.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { AngularScene } from "../counting/angularScene.ts";
import type { Batch } from "../../batch/batch.ts";
import { logAddExp, logSumExp } from "../items/logSumExp.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import type { RowPair } from "../../distances/stream/pairedRows.ts";
import { requireLabels, requireReferenceLabels } from "../../batch/requirements.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link AngularLoss}. */
export interface AngularLossOptions extends MetricLossOptions {
  /** The largest angle at the negative, in degrees, > 0 and < 90. Default 40. */
  readonly alpha: number;
}

const defaults: AngularLossOptions = { ...metricLossDefaults, alpha: 40 };

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
export class AngularLoss extends MetricLoss {
  readonly name = "AngularLoss";
  readonly needs = { positives: true, negatives: true };
  readonly alpha: number;

  constructor(options?: Partial<AngularLossOptions>) {
    const given = withDefaults(options, defaults, "AngularLoss");
    super(given, new LpDistance(), new MeanReducer());
    requireDistance(this, LpDistance, { normalizeEmbeddings: true, p: 2, power: 1 });
    this.alpha = checkNumber(given.alpha, "alpha", { above: 0, below: 90 });
  }

  protected override check(batch: Batch): void {
    requireLabels(this.name, batch);
    requireReferenceLabels(this.name, batch);
  }

  protected compute(batch: Batch): Computed {
    const { labels } = batch;
    const squaredTangent = Math.tan((this.alpha * Math.PI) / 180) ** 2;
    return borrow((workspace) => {
      const scene = new AngularScene(workspace, batch);
      const reduction = this.reducerOf("loss").begin({ kind: "pos_pair", labels });
      const angles = new Angles(workspace, scene, 4 * squaredTangent, -2 * (1 + squaredTangent));
      scene.rows.forEachBlock((block) => {
        const losses = new Float64Array(block.pairs);
        const weights = new Float64Array(block.pairs);
        block.forEachPair((pair) => (losses[pair.index] = angles.loss(pair)));
        let from = 0;
        for (let place = block.firstAnchor; place < block.firstAnchor + block.anchors; place++) {
          const anchor = scene.anchorAt(place);
          const count = scene.places.count(place);
          if (reduction instanceof Recorder)
            reduction.locate(
              count,
              (k) => [anchor, scene.positiveAt(place, k)],
              (k) => scene.rank(place, k),
            );
          reduction.weigh(anchor, losses.subarray(from, from + count), count, weights.subarray(from));
          from += count;
        }
        block.pullBack((pair) => {
          angles.pull(pair, losses[pair.index], weights[pair.index]);
        });
      });
      const result = reduction.result();
      return { ...this.total([reduction], [result]), ...scene.pullGradients(result.scale) };
    });
  }
}

/** The loss of a pair and its slopes, from the rows of both. */
class Angles {
  readonly #scene: AngularScene;
  readonly #width: number;
  /** What products with negatives, and those of the pair, are multiplied by. */
  readonly #scale: number;
  readonly #pairScale: number;
  readonly #sums: number;
  readonly #negatives = new Places();

  constructor(workspace: Workspace, scene: AngularScene, scale: number, pairScale: number) {
    this.#scene = scene;
    this.#width = scene.references.rows;
    this.#scale = scale;
    this.#pairScale = pairScale;
    this.#sums = workspace.floats(this.#width);
  }

  loss(pair: RowPair): number {
    const { log } = this.#sumUp(pair);
    return log === -Infinity ? 0 : logAddExp(0, log);
  }

  /** Adds weight x the slopes of a pair's loss. */
  pull(pair: RowPair, loss: number, weight: number): void {
    const { log, total } = this.#sumUp(pair);
    if (weight === 0 || total === 0) return;
    // dL/df_n = softmax_n e^(log - L)
    const factor = weight * Math.exp(log - loss);
    const scale = (this.#scale * factor) / total;
    const [start, end] = this.#scene.classRun(pair.anchor);
    heap().fill(0, (this.#sums >>> 2) + start, (this.#sums >>> 2) + end);
    kernels.addScaled(pair.anchorSlopes, this.#sums, this.#width, scale);
    kernels.addScaled(pair.positiveSlopes, this.#sums, this.#width, scale);
    const { anchors, units } = this.#scene;
    const { cols } = anchors;
    const pairFactor = this.#pairScale * factor;
    kernels.addScaled(anchors.slopes + 4 * pair.anchor * cols, units.row(pair.positive), cols, pairFactor);
    kernels.addScaled(units.slopes + 4 * pair.positive * cols, anchors.row(pair.anchor), cols, pairFactor);
  }

  /** log sum_n e^(f_n); leaves e^(f_n - largest) at the negatives' places of the sums, their total is returned too. */
  #sumUp({ anchor, positive, anchorRow, positiveRow }: RowPair): { log: number; total: number } {
    const { anchors, units } = this.#scene;
    const from = anchorRow >>> 2;
    heap().copyWithin(this.#sums >>> 2, from, from + this.#width);
    kernels.addScaled(this.#sums, positiveRow, this.#width, 1);
    const [start, end] = this.#scene.classRun(anchor);
    this.#negatives.set(this.#sums, 0, this.#width, start, end);
    const { log, total } = logSumExp(this.#negatives, this.#scale);
    const product = kernels.dot(anchors.row(anchor), units.row(positive), anchors.cols);
    return { log: log + this.#pairScale * product, total };
  }
}
