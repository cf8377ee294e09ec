import { describeLoss } from "../core/lossDescription.ts";
import { RankingLoss, rankingOptions, rankingSubLosses, rankingTakes, type RankingLossOptions } from "./rankingLoss.ts";

/** Options of {@link MultipleNegativesRankingLoss}. */
export type MultipleNegativesRankingLossOptions = RankingLossOptions;

/**
 * Queries and their answers, without labels: among all references the query's own should be the most similar.
 *
 *     L_i = -log( e^(s_ii) / sum_j e^(s_ij) ),  s_ij = scale similarity(x_i, y_j)
 *
 * x_i is row i of the embeddings and y_i, row i of the reference, its positive. References beyond the embeddings' number
 * are negatives of all (hard negatives, say). With labels, rows of equal labels are no negatives of each other. With
 * `symmetric` L_i is split in two sub-losses of half the weight, in the second of which references ask for their queries.
 * One item a query. Takes no tuples. Distances that are not inverted enter negated. Default distance CosineSimilarity,
 * default reducer MeanReducer.
 *
 *     new MultipleNegativesRankingLoss().evaluate(questions, null, { reference: answers });
 *
 * Without a reference, labels match the samples of the batch: of each class the first is the query of the second, the
 * third of the fourth and so on; an odd one is a negative.
 *
 * Source: Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply" (2017), section 4.4; symmetric:
 * Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (ICML 2021).
 */
export class MultipleNegativesRankingLoss extends RankingLoss {
  static readonly description = describeLoss({
    name: "MultipleNegativesRankingLoss",
    family: "views",
    summary: "Among all references the query's own should be the most similar.",
    paper: 'Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply" (2017)',
    takes: rankingTakes,
    needs: { positives: true, negatives: true },
    subLosses: rankingSubLosses,
    options: rankingOptions,
  });
}
