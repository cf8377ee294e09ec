import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf } from "../../batch/takes.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { pairSimilarities, similarityNames, type PairSimilarity } from "../items/pairSimilarity.ts";
import { CandidatesLoss, type CandidatesItem } from "../views/candidatesLoss.ts";
import { taughtTakes } from "./taughtTakes.ts";

const options = extendOptions(regularizedOptions(new MeanReducer()), {
  /**
   * How a row and its candidates are compared: "dot" (default), "cosine", "euclidean" and "manhattan", which are minus the
   * distance, or "angle", as in AnglELoss.
   */
  similarity: choice(similarityNames, { default: "dot" }),
});

/** Options of {@link MarginMSELoss}. */
export type MarginMSELossOptions = OptionsGiven<typeof options>;

/** What {@link MarginMSELoss} must be given besides embeddings. */
export type MarginMSEEvaluateOptions = ColumnsOf<typeof taughtTakes>;

/**
 * A positive should be more similar than each negative by as much as a teacher, a cross-encoder say, finds.
 *
 *     L_i = mean_k ((s(q, p) - s(q, n_k)) - goal_k)^2
 *
 * q is row i of the embeddings, p of the reference and n_k of the k-th column of negatives. Of K negatives, `teacherScores`
 * n x (K + 1) are the teacher's scores of all candidates (goal_k is the first minus the k-th that follows), n x K the goals
 * themselves. One item a row. Takes neither labels, tuples nor a distance. Default reducer MeanReducer.
 *
 *     new MarginMSELoss().evaluate(queries, null, { reference: answers, negatives: [others], teacherScores: [[8.1], [3.2]] });
 *
 * Source: Hofstätter et al., "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation" (2020).
 */
export class MarginMSELoss extends CandidatesLoss<typeof options, typeof taughtTakes> {
  static readonly description = describeLoss({
    name: "MarginMSELoss",
    family: "teachers",
    summary: "A positive should be more similar than each negative by as much as a teacher finds.",
    paper:
      'Hofstätter et al., "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation" (2020)',
    takes: taughtTakes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });

  protected get similarity(): PairSimilarity {
    return pairSimilarities[this.options.similarity];
  }

  protected override check({ negatives, teacherScores }: Batch): void {
    const { data, rows, cols } = teacherScores!;
    const count = negatives.length;
    if (rows > 0 && cols !== count && cols !== count + 1)
      throw new RangeError(
        `teacherScores has ${cols} columns; for ${count} of negatives give ${count + 1}, a score a candidate, or ${count}, ` +
          "by how much the positive is ahead of each",
      );
    const endless = data.indexOf(-Infinity);
    if (endless >= 0)
      throw new RangeError(
        `teacherScores holds -Infinity at row ${Math.floor(endless / cols)}, column ${endless % cols}; ` +
          "MarginMSELoss needs finite differences",
      );
  }

  protected itemOf({ negatives, teacherScores }: Batch): CandidatesItem {
    const { data, cols } = teacherScores!;
    const count = negatives.length;
    const goal = (i: number, k: number): number =>
      cols === count ? data[i * cols + k] : data[i * cols] - data[i * cols + 1 + k];
    return (similarities, i) => {
      const positive = similarities[0];
      let [loss, pull] = [0, 0];
      for (let k = 0; k < count; k++) {
        const error = positive - similarities[1 + k] - goal(i, k);
        const slope = (2 * error) / count;
        loss += (error * error) / count;
        pull += slope;
        similarities[1 + k] = -slope;
      }
      similarities[0] = pull;
      return loss;
    };
  }
}
