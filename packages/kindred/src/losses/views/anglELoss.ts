import type { Batch } from "../../batch/batch.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { UnitSimilarity } from "../items/rowSimilarity.ts";
import { GradedLoss, gradedOptions, gradedTakes, type GradedLossOptions } from "./gradedLoss.ts";

/** Options of {@link AnglELoss}. */
export type AnglELossOptions = GradedLossOptions;

/**
 * Angle-optimized embeddings: of two pairs the one with the higher score should have the higher similarity of angles in
 * complex space, whose slope does not vanish where a cosine is 1.
 *
 *     L = log(1 + sum_{i, j: score_i > score_j} e^(scale (a_j - a_i)))
 *     a = | sum_k (Re q_k + Im q_k) |,  q_k = z_k conj(w_k) / (|z| |w|)
 *
 * z is row i of the embeddings and w row i of the reference, the first half of a row being the real parts and the second
 * half the imaginary ones, so that the width must be even. a is 1 for equal rows and for opposite ones, and sqrt(2) at the
 * most. All else is as in CoSENTLoss. The paper calls a an angle difference and would have it lower for the higher score;
 * its authors' code takes it for a similarity, as here.
 *
 *     new AnglELoss().evaluate(sentences, [0.9, 0.2, 0.5], { reference: otherSentences });
 *
 * Source: Li and Li, "AnglE-optimized Text Embeddings" (2023), section 3.4.
 */
export class AnglELoss extends GradedLoss {
  static readonly description = describeLoss({
    name: "AnglELoss",
    family: "views",
    summary: "Of two pairs the one with the higher score should have the higher similarity of angles in complex space.",
    paper: 'Li and Li, "AnglE-optimized Text Embeddings" (2023)',
    takes: gradedTakes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "number" },
    options: gradedOptions,
  });
  protected readonly similarity = angle;

  protected override check({ embeddings: { cols } }: Batch): void {
    if (cols % 2 === 1)
      throw new RangeError(`embeddings has ${cols} columns; real and imaginary parts need an even width`);
  }
}

/** Re + Im of (a + bi)(c - di) is a (c - d) + b (c + d). */
const angle: UnitSimilarity = (x, y, xSlope, ySlope) => {
  const half = x.length / 2;
  let total = 0;
  for (let k = 0; k < half; k++) {
    const [c, d] = [y[k], y[half + k]];
    xSlope[k] = c - d;
    xSlope[half + k] = c + d;
    total += x[k] * xSlope[k] + x[half + k] * xSlope[half + k];
  }
  const sign = Math.sign(total);
  for (let k = 0; k < half; k++) {
    const [a, b] = [x[k], x[half + k]];
    xSlope[k] *= sign;
    xSlope[half + k] *= sign;
    ySlope[k] = sign * (a + b);
    ySlope[half + k] = sign * (b - a);
  }
  return Math.abs(total);
};
