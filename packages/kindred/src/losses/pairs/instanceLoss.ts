import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { borrow, heap } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Batch } from "../../batch/batch.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { refuseReference, refuseTuples, requireLabels } from "../../batch/requirements.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link InstanceLoss}. */
export interface InstanceLossOptions extends MetricLossOptions {
  /** What similarities are multiplied by, > 0. Default 64. */
  readonly gamma: number;
}

const defaults: InstanceLossOptions = { ...metricLossDefaults, gamma: 64 };

/**
 * Softmax cross entropy in which every sample of the batch is a class of its own.
 *
 *     L_i = -log( e^(gamma s_ic) / sum_j e^(gamma s_ij) ),  j over the whole batch, i included
 *
 * c is the number of i's label among the sorted labels of the batch, taken as a row of the batch: with labels that are all
 * different and ascend, every sample is its own target. One item a sample. Needs labels; takes neither a reference nor
 * tuples. Distance CosineSimilarity alone, default reducer MeanReducer.
 *
 * Source: Zheng et al., "Dual-Path Convolutional Image-Text Embeddings with Instance Loss" (ACM TOMM 2020).
 */
export class InstanceLoss extends MetricLoss {
  readonly name = "InstanceLoss";
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly gamma: number;

  constructor(options?: Partial<InstanceLossOptions>) {
    const given = withDefaults(options, defaults, "InstanceLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    requireDistance(this, CosineSimilarity);
    this.gamma = checkNumber(given.gamma, "gamma", { above: 0 });
  }

  protected override check(batch: Batch): void {
    requireLabels(this.name, batch);
    refuseReference(this.name, batch);
    refuseTuples(this.name, batch);
  }

  protected compute({ embeddings, labels, codes, classes }: Batch): Computed {
    const targetOf = sortedRanks(classes);
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings);
      const reduction = this.reducerOf("loss").begin({ kind: "element", labels });
      const row = new Places();
      sides.tiles.pullBack((i, pointer) => {
        row.set(pointer, 0, embeddings.rows);
        const target = (pointer >>> 2) + targetOf[codes![i]];
        const similarity = heap()[target];
        const { log, total } = logSumExp(row, this.gamma);
        const loss = Math.max(0, log - this.gamma * similarity);

        // dL/ds_j = gamma (softmax_j - [j = c])
        const slope = this.gamma * reduction.weighOne(i, loss);
        row.affine(slope / total, 0);
        heap()[target] -= slope;
      });
      const result = reduction.result();
      return {
        ...this.total([reduction], [result]),
        ...pullGradients(sides, embeddings, null, result.scale),
      };
    });
  }
}

/** The place of each class when their labels are sorted: numbers ascending, then the rest by their text. */
function sortedRanks(classes: readonly Label[]): Int32Array {
  const order = classes.map((_, code) => code).sort((a, b) => compareLabels(classes[a], classes[b]));
  const ranks = new Int32Array(classes.length);
  order.forEach((code, rank) => (ranks[code] = rank));
  return ranks;
}

function compareLabels(a: Label, b: Label): number {
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (isNumeric(a) || isNumeric(b)) return isNumeric(a) ? -1 : 1;
  return String(a) < String(b) ? -1 : 1;
}

function isNumeric(label: Label): label is number | bigint {
  return typeof label === "number" || typeof label === "bigint";
}
