import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf } from "../../batch/takes.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
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
  /** What similarities and the teacher's scores are divided by, > 0. Default 1. */
  temperature: number({ default: 1, above: 0 }),
  /** What similarities are divided by, > 0. Default null: the temperature. */
  studentTemperature: number({ default: null, above: 0 }),
  /** What the teacher's scores are divided by, > 0. Default null: the temperature. */
  teacherTemperature: number({ default: null, above: 0 }),
});

/** Options of {@link DistillKLLoss}. */
export type DistillKLLossOptions = OptionsGiven<typeof options>;

/** What {@link DistillKLLoss} must be given besides embeddings. */
export type DistillKLEvaluateOptions = ColumnsOf<typeof taughtTakes>;

/**
 * Among its candidates a row should choose as a teacher, a cross-encoder say, does.
 *
 *     L_i = T^2 sum_k p_k log(p_k / q_k),  p = softmax(t_i / T'), q = softmax(s_i / T)
 *
 * s_i are the similarities of row i of the embeddings and of the reference and each column of negatives, t_i row i of
 * `teacherScores`, which has one a candidate, T is the student's and T' the teacher's temperature. A score of -Infinity is a
 * candidate that the teacher never chooses. One item a row. Takes neither labels, tuples nor a distance. Default reducer
 * MeanReducer.
 *
 *     new DistillKLLoss().evaluate(queries, null, { reference: answers, negatives: [others], teacherScores: [[8, 2], [5, 3]] });
 *
 * Source: Hinton et al., "Distilling the Knowledge in a Neural Network" (2015); of rankings: Lin et al., "In-Batch Negatives
 * for Knowledge Distillation with Tightly-Coupled Teachers for Dense Retrieval" (RepL4NLP 2021).
 */
export class DistillKLLoss extends CandidatesLoss<typeof options, typeof taughtTakes> {
  static readonly description = describeLoss({
    name: "DistillKLLoss",
    family: "teachers",
    summary: "Among its candidates a row should choose as a teacher does.",
    paper: 'Hinton et al., "Distilling the Knowledge in a Neural Network" (2015)',
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
    const candidates = 1 + negatives.length;
    if (rows > 0 && cols !== candidates)
      throw new RangeError(`teacherScores has ${cols} columns for ${candidates} candidates; give a score for each`);
    for (let i = 0; i < rows; i++)
      if (data.subarray(i * cols, (i + 1) * cols).every((score) => score === -Infinity))
        throw new RangeError(
          `row ${i} of teacherScores is -Infinity throughout; one candidate at least must be possible`,
        );
  }

  protected itemOf({ teacherScores }: Batch): CandidatesItem {
    const { data, cols } = teacherScores!;
    const { temperature, studentTemperature, teacherTemperature } = this.options;
    const [ofStudent, ofTeacher] = [studentTemperature ?? temperature, teacherTemperature ?? temperature];
    const logChances = new Float64Array(cols);
    return (similarities, i) => {
      logSoftmax(similarities, ofStudent, similarities);
      logSoftmax(data.subarray(i * cols, (i + 1) * cols), ofTeacher, logChances);
      let divergence = 0;
      for (let k = 0; k < cols; k++) {
        const chance = Math.exp(logChances[k]);
        if (chance > 0) divergence += chance * (logChances[k] - similarities[k]);
        similarities[k] = ofStudent * (Math.exp(similarities[k]) - chance);
      }
      return ofStudent * ofStudent * divergence;
    };
  }
}

/** out <- log softmax(values / temperature) */
function logSoftmax(values: Float32Array | Float64Array, temperature: number, out: Float64Array): void {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  let total = 0;
  for (const value of values) total += Math.exp((value - largest) / temperature);
  const log = Math.log(total);
  for (let k = 0; k < out.length; k++) out[k] = (values[k] - largest) / temperature - log;
}
