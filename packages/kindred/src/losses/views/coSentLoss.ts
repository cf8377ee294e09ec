import { extendOptions } from "../../options/extendOptions.ts";
import { choice } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { pairSimilarities, similarityNames, type PairSimilarity } from "../items/pairSimilarity.ts";
import { GradedLoss, gradedOptions, gradedTakes } from "./gradedLoss.ts";

const options = extendOptions(gradedOptions, {
  /**
   * How row i of both sides is compared: "cosine" (default), "dot", "euclidean" and "manhattan", which are minus the
   * distance, or "angle", as in AnglELoss.
   */
  similarity: choice(similarityNames, { default: "cosine" }),
});

/** Options of {@link CoSENTLoss}. */
export type CoSENTLossOptions = OptionsGiven<typeof options>;

/**
 * Cosine sentence: of two pairs the one with the higher score should have the higher cosine.
 *
 *     L = log(1 + sum_{i, j: score_i > score_j} e^(scale (s_j - s_i))),  s_i of row i of embeddings and reference
 *
 * s is the cosine or another similarity. In place of labels it takes scores, how alike row i of the embeddings and row i of
 * the reference are; only their order matters, and pairs of equal scores are not ordered. One number for the batch, so that
 * no reducer is needed; the report's items are the ordered pairs of pairs. Needs a reference; takes neither tuples nor a
 * distance. Time n (d + log n).
 *
 *     new CoSENTLoss().evaluate(sentences, [0.9, 0.2, 0.5], { reference: otherSentences });
 *
 * Source: Su, "CoSENT: a more efficient sentence vector scheme than Sentence-BERT" (2022), https://kexue.fm/archives/8847.
 */
export class CoSENTLoss extends GradedLoss<typeof options> {
  static readonly description = describeLoss({
    name: "CoSENTLoss",
    family: "views",
    summary: "Of two pairs the one with the higher score should have the higher cosine.",
    paper:
      'Su, "CoSENT: a more efficient sentence vector scheme than Sentence-BERT" (2022), https://kexue.fm/archives/8847',
    takes: gradedTakes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "number" },
    options,
  });

  protected get similarity(): PairSimilarity {
    return pairSimilarities[this.options.similarity];
  }
}
