import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { SumReducer } from "../../reducers/sumReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { pairSimilarities, type PairSimilarity } from "../items/pairSimilarity.ts";
import { CandidatesLoss, type CandidatesItem } from "./candidatesLoss.ts";

const options = extendOptions(regularizedOptions(new SumReducer()), {
  /** What d is: "cosine" (default), 1 - cosine; "euclidean" or "manhattan". */
  metric: choice(["cosine", "euclidean", "manhattan"], { default: "cosine" }),
  /** The distance beyond which a negative pair costs nothing. Default 0.5. */
  margin: number({ default: 0.5 }),
  /** Which pairs count: the "hard" (default) ones, or "all". */
  pairs: choice(["hard", "all"], { default: "hard" }),
});

/** Options of {@link OnlineContrastiveLoss}. */
export type OnlineContrastiveLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "alike", reference: "required", tuples: "none" } as const satisfies Takes;

/**
 * Of pairs told alike or not, the hard ones: positives are pulled together, negatives pushed beyond a margin.
 *
 *     L_i = d_i^2 of a positive pair,  ([margin - d_i]+)^2 of a negative pair
 *
 * d_i is the distance of row i of the embeddings and row i of the reference, which is required; labels are 1 (alike) and 0.
 * Hard are negatives nearer than the farthest positive and positives farther than the nearest negative, by the distances of
 * the batch; where all pairs are of one kind, they are held against their own mean. One item a row, 0 of pairs that do not
 * count. With `pairs: "all"` it is the contrastive loss itself. Takes neither tuples nor a distance. Default
 * reducer SumReducer.
 *
 *     new OnlineContrastiveLoss().evaluate(sentences, [1, 0, 1], { reference: otherSentences });
 *
 * Sources: Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping" (CVPR 2006); the hard pairs:
 * sentence-transformers.
 */
export class OnlineContrastiveLoss extends CandidatesLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "OnlineContrastiveLoss",
    family: "views",
    summary: "Of pairs told alike or not, hard positives are pulled together, hard negatives pushed beyond a margin.",
    paper: 'Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping" (CVPR 2006)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });

  protected get similarity(): PairSimilarity {
    return pairSimilarities[this.options.metric];
  }

  protected itemOf({ scores }: Batch, similarities: Float64Array): CandidatesItem {
    const { metric, margin, pairs } = this.options;
    // a distance falls by as much as its similarity grows
    const farthest = metric === "cosine" ? 1 : 0;
    const distances = similarities.map((similarity) => farthest - similarity);
    const isHard = pairs === "all" ? (): boolean => true : hardPairs(distances, scores!);
    return (similarity, i) => {
      const excess = scores![i] === 1 ? distances[i] : Math.min(0, distances[i] - margin);
      const isCounted = excess !== 0 && isHard(i);
      similarity[0] = isCounted ? -2 * excess : 0;
      return isCounted ? excess * excess : 0;
    };
  }
}

/** Says which pairs are hard. @param alike 1 of a positive pair, 0 of a negative one */
function hardPairs(distances: Float64Array, alike: Float64Array): (i: number) => boolean {
  const positives = distances.filter((_, i) => alike[i] === 1);
  const negatives = distances.filter((_, i) => alike[i] === 0);
  const farthestPositive =
    positives.length > 0 ? positives.reduce((most, d) => Math.max(most, d), -Infinity) : mean(negatives);
  const nearestNegative =
    negatives.length > 0 ? negatives.reduce((least, d) => Math.min(least, d), Infinity) : mean(positives);
  return (i) => (alike[i] === 1 ? distances[i] > nearestNegative : distances[i] < farthestPositive);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
