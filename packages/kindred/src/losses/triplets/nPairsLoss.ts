import type { Batch, PairCounts } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { Places } from "../../kernels/places.ts";
import { borrow } from "../../kernels/runtime.ts";
import { takeRows, zeros, type Matrix } from "../../matrix/matrix.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { positivePairsWithUniqueLabels, type PositivePairs } from "../../tuples/positivePairsWithUniqueLabels.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { Silence } from "../core/silenceReasons.ts";
import { logSumExp } from "../items/logSumExp.ts";

const options = comparingOptions<Distance>(new DotProductSimilarity(), new MeanReducer());

/** Options of {@link NPairsLoss}. */
export type NPairsLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "none", tuples: "pairs" } as const satisfies Takes;

/**
 * One positive pair of each class; the positives of all other classes are an anchor's negatives.
 *
 *     L_i = -log( e^(s_ii) / sum_j e^(s_ij) ),  s_ij of the anchor of pair i and the positive of pair j
 *
 * The pair of a class is the first that tuples name, or without tuples its first sample with its second. One item a pair.
 * Needs labels, and two classes with a positive pair to learn anything; takes no reference. Distances that are not
 * inverted enter negated. Default distance DotProductSimilarity, default reducer MeanReducer.
 *
 * Source: Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective" (NeurIPS 2016).
 */
export class NPairsLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "NPairsLoss",
    family: "triplets",
    summary: "A positive should win the softmax over the positives of all classes.",
    paper: 'Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective" (NeurIPS 2016)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "element" },
    options,
  });

  /** Negative pairs that tuples name are of no account: positive pairs are enough. */
  protected override silenceBefore(batch: Batch, pairs: PairCounts): Silence | null {
    if (batch.tuples === null || pairs.positivePairs === 0) return super.silenceBefore(batch, pairs);
    return null;
  }

  /** A single pair has no rivals. */
  protected override silenceAfter(batch: Batch): Silence {
    return pairsOfClasses(batch).anchors.length < 2 ? "no-negative-pairs" : "all-satisfied";
  }

  protected override reasonOf(silence: Silence, batch: Batch): string {
    if (silence !== "no-negative-pairs") return super.reasonOf(silence, batch);
    return "only one of its classes has a positive pair; sample several of each of several classes (MPerClassSampler)";
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, labels } = batch;
    const pairs = pairsOfClasses(batch);
    const anchors = takeRows(embeddings, pairs.anchors);
    const positives = takeRows(embeddings, pairs.positives);
    const scale = -this.distance.away;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, anchors, { reference: positives });
      const reduction = this.begin("loss", labels);
      const all = new Places();
      sides.tiles.pullBack((row) => {
        const i = row.place;
        const similarity = scale * row.at(i);
        all.set(row, 0, row.count);
        const { log, total } = logSumExp(all, scale);
        const loss = Math.max(0, log - similarity);

        // dL/ds_ij = softmax_j - [j = i]
        const slope = scale * reduction.weighOne(pairs.anchors[i], loss);
        row.affine(slope / total, 0);
        row.put(i, row.at(i) - slope);
      });
      const result = reduction.result();
      const pulled = pullGradients(sides, anchors, positives, result.scale);
      const gradient = zeros(embeddings.rows, embeddings.cols);
      addRows(gradient, pairs.anchors, pulled.embeddings);
      addRows(gradient, pairs.positives, pulled.reference!);
      return { ...this.total([reduction], [result]), embeddings: gradient };
    });
  }
}

/** One positive pair of each class that has one, by ascending label. */
function pairsOfClasses({ labels, codes, classes, tuples }: Batch): PositivePairs {
  if (tuples !== null) return positivePairsWithUniqueLabels(tuples, labels!);
  const first = new Int32Array(classes.length).fill(-1);
  const second = new Int32Array(classes.length).fill(-1);
  codes!.forEach((code, i) => {
    if (first[code] < 0) first[code] = i;
    else if (second[code] < 0) second[code] = i;
  });
  const isPaired = (_: number, code: number): boolean => second[code] >= 0;
  const anchors1 = first.filter(isPaired);
  const positives = second.filter(isPaired);
  return positivePairsWithUniqueLabels({ anchors1, positives, anchors2: [], negatives: [] }, labels!);
}

/** Adds row k of `rows` to row places[k] of `sum`. */
function addRows(sum: Matrix, places: Int32Array, { data, cols }: Matrix): void {
  places.forEach((place, k) => {
    for (let c = 0; c < cols; c++) sum.data[place * cols + c] += data[k * cols + c];
  });
}
