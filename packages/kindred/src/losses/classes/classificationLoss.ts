import type { Distance } from "../../distances/distance.ts";
import { checkNumber, checkRequired } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import { requireRegularizer, type Regularizer } from "../../regularizers/regularizer.ts";
import type { Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import { ClassIndex } from "../logits/classIndex.ts";
import { ClassVectors, type ClassVectorShape } from "../logits/classVectors.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";

/** What every loss with learned class vectors can be told. */
export interface ClassificationLossOptions extends MetricLossOptions {
  /** How many classes there are, >= 1. Required. */
  readonly numClasses: number;
  /** The width of the embeddings, >= 1. Required. */
  readonly embeddingSize: number;
  /** The label of each class. Default null: labels are 0 .. numClasses - 1. */
  readonly classes: readonly Label[] | null;
  /** A penalty on the class vectors, taken as rows. Default null: none. */
  readonly weightRegularizer: Regularizer | null;
  /** What the penalty is multiplied by. Default 1. */
  readonly weightRegWeight: number;
  /** Draws an entry of the class vectors. Default null: as the loss says. */
  readonly weightInit: ((random: Random) => number) | null;
  /** Of the random numbers that class vectors are drawn with. Default 0. */
  readonly seed: number;
}

export const classificationDefaults: ClassificationLossOptions = {
  ...metricLossDefaults,
  numClasses: NaN,
  embeddingSize: NaN,
  classes: null,
  weightRegularizer: null,
  weightRegWeight: 1,
  weightInit: null,
  seed: 0,
};

/** What the maker of such a loss must say. */
export type RequiredClassificationOptions = Pick<ClassificationLossOptions, "numClasses" | "embeddingSize">;

/** A loss with learned vectors for each class: its parameter, its labels, its checks and the penalty on its vectors. */
export abstract class ClassificationLoss extends MetricLoss {
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly numClasses: number;
  readonly embeddingSize: number;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  readonly weightRegularizer: Regularizer | null;
  readonly weightRegWeight: number;
  /** The label of each class. */
  readonly classes: ArrayLike<Label>;
  protected readonly vectors: ClassVectors;
  /** Goes on where the drawing of the class vectors ended. */
  protected random: Random;
  protected readonly parameterName: string;
  readonly #index: ClassIndex;

  constructor(options: ClassificationLossOptions, shape: ClassVectorShape, distance: Distance, reducer: Reducer) {
    super(options, distance, reducer);
    const wholeNumber = { atLeast: 1, integer: true };
    this.numClasses = checkRequired(options.numClasses, "numClasses", new.target.name, wholeNumber);
    this.embeddingSize = checkRequired(options.embeddingSize, "embeddingSize", new.target.name, wholeNumber);
    this.weightRegularizer = options.weightRegularizer;
    if (this.weightRegularizer !== null) requireRegularizer("weightRegularizer", this.weightRegularizer);
    this.weightRegWeight = checkNumber(options.weightRegWeight, "weightRegWeight");
    this.#index = new ClassIndex(this.numClasses, options.classes);
    this.classes = this.#index.labels;
    this.random = new Random(options.seed);
    const init = options.weightInit ?? shape.init;
    this.vectors = new ClassVectors({ ...shape, init }, this.numClasses, this.embeddingSize, this.random);
    this.parameterName = shape.parameter;
    this.parameters = { [shape.parameter]: this.vectors.parameter };
  }

  /** The loss of a batch without the penalty on the class vectors. */
  protected abstract classify(batch: Batch): Computed;

  protected compute(batch: Batch): Computed {
    const computed = this.classify(batch);
    return this.weightRegularizer === null ? computed : this.#regularized(computed, this.weightRegularizer);
  }

  protected override check({ embeddings, labels, reference }: Batch): void {
    if (labels === null) throw new TypeError(`${this.name} needs labels; give one a row`);
    if (reference !== null)
      throw new TypeError(`${this.name} compares embeddings with its class vectors; leave the reference out`);
    this.#checkWidth(embeddings);
  }

  protected override silenceBefore(): BatchStatus | null {
    return null;
  }

  /** Checked embeddings for what is no batch. */
  protected embeddingsOf(embeddings: MatrixLike): Matrix {
    const matrix = toMatrix(embeddings, "embeddings");
    this.#checkWidth(matrix);
    return matrix;
  }

  /** The class of each row, by its place among the classes. @throws RangeError when a label is no class's */
  protected codesOf({ labels }: Pick<Batch, "labels">): Int32Array {
    return this.#index.of(labels!, this.name);
  }

  #checkWidth({ cols }: Matrix): void {
    if (cols !== this.embeddingSize)
      throw new RangeError(`embeddings has ${cols} columns; ${this.name} was made for ${this.embeddingSize}`);
  }

  #regularized(computed: Computed, regularizer: Regularizer): Computed {
    const weight = this.weightRegWeight;
    const { value, gradient } = regularizer.evaluate(this.vectors.rows(null));
    if (computed.subLosses !== undefined) {
      const losses = Float64Array.of(value * weight);
      const weightRegLoss = { losses, indices: null, reductionType: "already_reduced" } as const;
      return { ...computed, subLosses: { ...computed.subLosses, weightRegLoss } };
    }
    const slopes = computed.parameters![this.parameterName].data;
    const added = this.vectors.slopes(gradient, null).data;
    for (let k = 0; k < slopes.length; k++) slopes[k] += weight * added[k];
    return { ...computed, value: computed.value + weight * value };
  }
}
