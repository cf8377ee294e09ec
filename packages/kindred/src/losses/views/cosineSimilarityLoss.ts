import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { sigmoid } from "../items/itemMath.ts";
import { pairSimilarities, type PairSimilarity } from "../items/pairSimilarity.ts";
import { CandidatesLoss, type CandidatesItem } from "./candidatesLoss.ts";

const options = extendOptions(regularizedOptions(new MeanReducer()), {
  /**
   * What an error e costs: "squared" (default) e^2, "absolute" |e|, or "smooth", e^2 / 2 up to |e| = 1 and |e| - 1/2 beyond.
   */
  error: choice(["squared", "absolute", "smooth"], { default: "squared" }),
  /** What is done to a cosine before it is held against its score: "identity" (default), nothing; "sigmoid", "relu" or "tanh". */
  transformation: choice(["identity", "sigmoid", "relu", "tanh"], { default: "identity" }),
});

type Options = OptionValues<typeof options>;

/** Options of {@link CosineSimilarityLoss}. */
export type CosineSimilarityLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "scores", reference: "required", tuples: "none" } as const satisfies Takes;

/**
 * The cosine of a pair should be its score.
 *
 *     L_i = (f(cos_i) - score_i)^2, or |f(cos_i) - score_i|, or Huber's smooth mix of both;  f as `transformation` says
 *
 * cos_i is the cosine of row i of the embeddings and row i of the reference, which is required. One item a row. Scores stand
 * in place of labels. Takes neither tuples nor a distance. Default reducer MeanReducer.
 *
 *     new CosineSimilarityLoss().evaluate(sentences, [0.9, 0.2, 0.5], { reference: otherSentences });
 *
 * Source: Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks" (EMNLP 2019), section 3.
 */
export class CosineSimilarityLoss extends CandidatesLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "CosineSimilarityLoss",
    family: "views",
    summary: "The cosine of a pair should be its score.",
    paper: 'Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks" (EMNLP 2019)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
  });

  protected get similarity(): PairSimilarity {
    return pairSimilarities.cosine;
  }

  protected itemOf({ scores }: Batch): CandidatesItem {
    const [transform, cost] = [transformations[this.options.transformation], errors[this.options.error]];
    return (cosine, i) => {
      const transformed = transform(cosine[0]);
      const { loss, slope } = cost(transformed.value - scores![i]);
      cosine[0] = slope * transformed.slope;
      return loss;
    };
  }
}

type Transformation = (x: number) => { readonly value: number; readonly slope: number };

const transformations: Readonly<Record<Options["transformation"], Transformation>> = {
  identity: (x) => ({ value: x, slope: 1 }),
  sigmoid: (x) => ({ value: sigmoid(x), slope: sigmoid(x) * sigmoid(-x) }),
  relu: (x) => (x > 0 ? { value: x, slope: 1 } : { value: 0, slope: 0 }),
  tanh: (x) => ({ value: Math.tanh(x), slope: 1 - Math.tanh(x) ** 2 }),
};

type ErrorCost = (e: number) => { readonly loss: number; readonly slope: number };

const errors: Readonly<Record<Options["error"], ErrorCost>> = {
  squared: (e) => ({ loss: e * e, slope: 2 * e }),
  absolute: (e) => ({ loss: Math.abs(e), slope: Math.sign(e) }),
  smooth: (e) => (Math.abs(e) < 1 ? { loss: (e * e) / 2, slope: e } : { loss: Math.abs(e) - 0.5, slope: Math.sign(e) }),
};
