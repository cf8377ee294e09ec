import { describeLoss } from "../core/lossDescription.ts";
import type { UnitSimilarity } from "../items/rowSimilarity.ts";
import { GradedLoss, gradedOptions, gradedTakes, type GradedLossOptions } from "./gradedLoss.ts";

/** Options of {@link CoSENTLoss}. */
export type CoSENTLossOptions = GradedLossOptions;

/**
 * Cosine sentence: of two pairs the one with the higher score should have the higher cosine.
 *
 *     L = log(1 + sum_{i, j: score_i > score_j} e^(scale (cos_j - cos_i))),  cos_i of row i of embeddings and reference
 *
 * In place of labels it takes scores, how alike row i of the embeddings and row i of the reference are; only their order
 * matters, and pairs of equal scores are not ordered. One number for the batch, so that no reducer is needed; the report's
 * items are the ordered pairs of pairs. Needs a reference; takes neither tuples nor a distance. Time n (d + log n).
 *
 *     new CoSENTLoss().evaluate(sentences, [0.9, 0.2, 0.5], { reference: otherSentences });
 *
 * Source: Su, "CoSENT: a more efficient sentence vector scheme than Sentence-BERT" (2022), https://kexue.fm/archives/8847.
 */
export class CoSENTLoss extends GradedLoss {
  static readonly description = describeLoss({
    name: "CoSENTLoss",
    family: "views",
    summary: "Of two pairs the one with the higher score should have the higher cosine.",
    paper:
      'Su, "CoSENT: a more efficient sentence vector scheme than Sentence-BERT" (2022), https://kexue.fm/archives/8847',
    takes: gradedTakes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "number" },
    options: gradedOptions,
  });
  protected readonly similarity = cosine;
}

const cosine: UnitSimilarity = (x, y, xSlope, ySlope) => {
  let total = 0;
  for (let k = 0; k < x.length; k++) total += x[k] * y[k];
  xSlope.set(y);
  ySlope.set(x);
  return total;
};
