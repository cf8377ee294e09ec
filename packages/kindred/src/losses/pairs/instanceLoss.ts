import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { placesOf } from "../../matrix/classOrder.ts";
import type { Label } from "../../matrix/labels.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { logSumExp } from "../items/logSumExp.ts";

const options = extendOptions(comparingOptions(new CosineSimilarity(), new MeanReducer(), { only: CosineSimilarity }), {
  /** What similarities are multiplied by, > 0. Default 64. */
  gamma: number({ default: 64, above: 0 }),
});

/** Options of {@link InstanceLoss}. */
export type InstanceLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "none", tuples: "none" } as const satisfies Takes;

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
export class InstanceLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "InstanceLoss",
    family: "pairs",
    summary: "Every sample of the batch is a class of its own.",
    paper: 'Zheng et al., "Dual-Path Convolutional Image-Text Embeddings with Instance Loss" (ACM TOMM 2020)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });

  protected compute({ prepared, embeddings, labels, codes, classes }: Batch): Computed {
    const { gamma } = this.options;
    const ranks = sortedRanks(classes);
    return prepared.compare(this.distance, "given", (sides) => {
      const { order } = sides.reference;
      const places = order === null ? null : placesOf(order);
      const reduction = this.begin("loss", labels);
      const all = new Places();
      sides.tiles.pullBack((row) => {
        const anchor = sides.query.source(row.place);
        const rank = ranks[codes![anchor]];
        const target = places === null ? rank : places[rank];
        const similarity = row.at(target);
        all.set(row, 0, row.count);
        const { log, total } = logSumExp(all, gamma);
        const loss = Math.max(0, log - gamma * similarity);

        // dL/ds_j = gamma (softmax_j - [j = c])
        const slope = gamma * reduction.weighOne(anchor, loss);
        row.affine(slope / total, 0);
        row.put(target, row.at(target) - slope);
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
