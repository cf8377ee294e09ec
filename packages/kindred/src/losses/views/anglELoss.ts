import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { pairSimilarities, type PairSimilarity } from "../items/pairSimilarity.ts";
import {
  GradedLoss,
  gradedOptions,
  gradedTakes,
  type GradedLossOptions,
  type GradedOptionRecord,
} from "./gradedLoss.ts";

/** Options of {@link AnglELoss}. */
export type AnglELossOptions = GradedLossOptions;

const takes = { ...gradedTakes, negatives: "any" } as const satisfies Takes;

/** What {@link AnglELoss} must be given besides embeddings and scores. */
export type AnglEEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * Angle-optimized embeddings: of two pairs the one with the higher score should have the higher similarity of angles in
 * complex space, whose slope does not vanish where a cosine is 1.
 *
 *     L = log(1 + sum_{i, j: score_i > score_j} e^(scale (a_j - a_i)))
 *     a = | sum_k (Re q_k + Im q_k) |,  q_k = z_k conj(w_k) / (|z| |w|)
 *
 * z is row i of the embeddings and w row i of the reference, the first half of a row being the real parts and the second
 * half the imaginary ones; an odd width has a 0 at its end. a is 1 for equal rows and for opposite ones, and sqrt(2) at the
 * most. All else is as in CoSENTLoss. The paper calls a an angle difference and would have it lower for the higher score;
 * its authors' code takes it for a similarity, as here.
 *
 *     new AnglELoss().evaluate(sentences, [0.9, 0.2, 0.5], { reference: otherSentences });
 *
 * With negatives row i of each of their columns is one more pair of row i, scored 1 minus the score of its pair with the
 * reference, which is 1 where no scores are given:
 *
 *     new AnglELoss().evaluate(questions, null, { reference: answers, negatives: [wrongAnswers] });
 *
 * Source: Li and Li, "AnglE-optimized Text Embeddings" (2023), section 3.4.
 */
export class AnglELoss extends GradedLoss<GradedOptionRecord, typeof takes> {
  static readonly description = describeLoss({
    name: "AnglELoss",
    family: "views",
    summary: "Of two pairs the one with the higher score should have the higher similarity of angles in complex space.",
    paper: 'Li and Li, "AnglE-optimized Text Embeddings" (2023)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "number" },
    options: gradedOptions,
  });

  protected get similarity(): PairSimilarity {
    return pairSimilarities.angle;
  }
}
