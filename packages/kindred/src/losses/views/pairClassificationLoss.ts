import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { withinFloat } from "../../matrix/float.ts";
import type { Label } from "../../matrix/labels.ts";
import { toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { flag, seed, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { regularizedOptions } from "../core/lossOptions.ts";
import { MetricLoss, type Computed } from "../core/metricLoss.ts";
import { LinearLayer } from "../items/linearLayer.ts";
import { PairFeatures, type FeatureParts } from "../items/pairFeatures.ts";
import { ClassIndex, classesOption } from "../logits/classIndex.ts";

const options = extendOptions(regularizedOptions(new MeanReducer()), {
  /** How many classes of pairs there are, >= 1. Required. */
  numClasses: wholeNumber({ atLeast: 1 }),
  /** The width of the embeddings, >= 1. Required. */
  embeddingSize: wholeNumber({ atLeast: 1 }),
  /** The label of each class. Default null: labels are 0 .. numClasses - 1. */
  classes: classesOption(),
  /** Whether both rows are among the features. Default true. */
  concatRows: flag({ default: true }),
  /** Whether the sizes of their differences are. Default true. */
  concatDifference: flag({ default: true }),
  /** Whether their products are. Default false. */
  concatProduct: flag({ default: false }),
  /** Of the random numbers that weight and bias are drawn with. Default 0. */
  seed: seed(),
});

/** Options of {@link PairClassificationLoss}. */
export type PairClassificationLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "ofPairs", reference: "required", tuples: "none" } as const satisfies Takes;

/** What {@link PairClassificationLoss} must be given besides embeddings and labels. */
export type PairClassificationEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * Pairs are told apart by a learned softmax classifier: entailment, contradiction or neither, say.
 *
 *     L_i = -log softmax(z_i)_y,  z_i = [u, v, |u - v|, u * v] weight^T + bias
 *
 * u is row i of the embeddings, v row i of the reference, which is required, and y the label of both together. Of the four
 * parts those stand side by side that the options keep, by default all but the product. One item a row. Parameters: `weight`
 * (numClasses x features) and `bias` (1 x numClasses), drawn evenly from -1/sqrt(features) to 1/sqrt(features). The slope of
 * |u - v| is 0 where both are equal. Takes neither tuples nor a distance. Default reducer MeanReducer.
 *
 *     const loss = new PairClassificationLoss({ numClasses: 3, embeddingSize: 2 });
 *     loss.evaluate(premises, [0, 2, 1], { reference: hypotheses });
 *
 * Throws a RangeError when no part is kept, embeddings are of another width, or a label is no class's.
 *
 * Source: Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks" (EMNLP 2019), section 3.
 */
export class PairClassificationLoss extends MetricLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "PairClassificationLoss",
    family: "views",
    summary: "Pairs are told apart by a learned softmax classifier.",
    paper: 'Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks" (EMNLP 2019)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });
  override readonly parameters: Readonly<Record<string, Matrix>>;
  /** The label of each class. */
  readonly classes: ArrayLike<Label>;
  readonly #index: ClassIndex;
  readonly #parts: FeatureParts;
  readonly #layer: LinearLayer;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { numClasses, embeddingSize, classes, concatRows, concatDifference, concatProduct } = this.options;
    const kept = (concatRows ? 2 : 0) + (concatDifference ? 1 : 0) + (concatProduct ? 1 : 0);
    if (kept === 0)
      throw new RangeError("concatRows, concatDifference and concatProduct are all false; keep one part at least");
    this.#parts = { rows: concatRows, difference: concatDifference, product: concatProduct };
    this.#layer = new LinearLayer(kept * embeddingSize, numClasses, new Random(this.options.seed));
    this.parameters = { weight: this.#layer.weight, bias: this.#layer.bias };
    this.#index = new ClassIndex(numClasses, classes);
    this.classes = this.#index.labels;
  }

  /**
   * The logit of each pair for each class: what to take the softmax or the largest of when the classes are to be predicted.
   *
   * @param embeddings, reference n x embeddingSize
   * @returns n x numClasses
   */
  getLogits(embeddings: MatrixLike, reference: MatrixLike): Matrix {
    const [one, other] = [toMatrix(embeddings, "embeddings"), toMatrix(reference, "reference")];
    if (one.rows !== other.rows)
      throw new RangeError(
        `reference has ${other.rows} rows, embeddings has ${one.rows}; row i of one belongs with row i of the other`,
      );
    this.#checkWidth("embeddings", one);
    this.#checkWidth("reference", other);
    return this.#layer.apply(new PairFeatures(one, other, this.#parts).matrix);
  }

  protected override check({ embeddings }: Batch): void {
    this.#checkWidth("embeddings", embeddings);
  }

  #checkWidth(name: string, { rows, cols }: Matrix): void {
    const { embeddingSize } = this.options;
    if (rows > 0 && cols !== embeddingSize)
      throw new RangeError(`${name} has ${cols} columns; ${this.name} was made for ${embeddingSize}`);
  }

  protected compute({ embeddings, reference, labels }: Batch): Computed {
    const targets = this.#index.of(labels!, this.name);
    const features = new PairFeatures(embeddings, reference!, this.#parts);
    const logits = this.#layer.apply(features.matrix);
    const slopes = zeros(logits.rows, logits.cols);
    const reduction = this.begin("loss", labels);
    for (let i = 0; i < logits.rows; i++) {
      const from = i * logits.cols;
      const row = Float64Array.from(logits.data.subarray(from, from + logits.cols));
      const weight = reduction.weighOne(i, crossEntropy(row, targets[i]));
      slopes.data.set(
        row.map((slope) => weight * slope),
        from,
      );
    }
    const result = reduction.result();
    for (let k = 0; k < slopes.data.length; k++) slopes.data[k] = withinFloat(slopes.data[k] * result.scale);
    const { rows, weight, bias } = this.#layer.pull(features.matrix, slopes);
    const pulled = features.pull(rows);
    return { ...this.total([reduction], [result]), ...pulled, parameters: { weight, bias } };
  }
}

/** -log softmax(logits) of the target; leaves its slopes in the logits' place. */
function crossEntropy(logits: Float64Array, target: number): number {
  const own = logits[target];
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let rivals = 0;
  for (let c = 0; c < logits.length; c++) {
    logits[c] = Math.exp(logits[c] - largest);
    if (c !== target) rivals += logits[c];
  }
  const total = rivals + logits[target];
  for (let c = 0; c < logits.length; c++) logits[c] /= total;
  logits[target] = -rivals / total;
  // of the most likely class: what is small keeps its digits
  return own === largest ? Math.log1p(rivals) : largest - own + Math.log(total);
}
