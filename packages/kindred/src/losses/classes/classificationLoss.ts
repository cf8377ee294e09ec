import type { Batch } from "../../batch/batch.ts";
import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { Takes } from "../../batch/takes.ts";
import type { Label } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { OptionArguments, OptionValues } from "../../options/option.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { alone, type Computed } from "../core/metricLoss.ts";
import { ClassIndex } from "../logits/classIndex.ts";
import { ClassVectors, type ClassVectorShape } from "../logits/classVectors.ts";
import type { ClassificationOptionRecord } from "./classificationOptions.ts";

/** What most losses with class vectors take: a label a row, and tuples that say how much each row counts. */
export const classTakes = { labels: "required", reference: "none", tuples: "weights" } as const satisfies Takes;

/** They learn from single embeddings. */
export const classNeeds = { positives: false, negatives: false, pairs: false } as const satisfies BatchNeeds;

/**
 * A loss with learned vectors for each class: its parameter, its labels, its checks and the penalty on its vectors. A
 * subclass says how its vectors are kept and what the loss of a batch is.
 */
export abstract class ClassificationLoss<
  R extends ClassificationOptionRecord = ClassificationOptionRecord,
  T extends Takes = typeof classTakes,
> extends ComparingLoss<R, T> {
  declare readonly options: OptionValues<R> & OptionValues<ClassificationOptionRecord>;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  /** The label of each class. */
  readonly classes: ArrayLike<Label>;
  protected readonly vectors: ClassVectors;
  /** Goes on where the drawing of the class vectors ended. */
  protected random: Random;
  protected readonly parameterName: string;
  readonly #index: ClassIndex;

  constructor(...given: OptionArguments<R>) {
    super(...given);
    const { numClasses, embeddingSize, classes, weightInit, seed } = this.options;
    this.random = new Random(seed);
    const shape = this.shape();
    const init = weightInit ?? shape.init;
    this.vectors = new ClassVectors({ ...shape, init }, numClasses, embeddingSize, this.random);
    this.parameterName = shape.parameter;
    this.parameters = { [shape.parameter]: this.vectors.parameter };
    this.#index = new ClassIndex(numClasses, classes);
    this.classes = this.#index.labels;
  }

  /**
   * How the class vectors are kept and drawn. It is asked for while the base is made: only `options` are there, no fields
   * of the subclass.
   */
  protected abstract shape(): ClassVectorShape;

  /** The loss of a batch without the penalty on the class vectors. */
  protected abstract classify(batch: Batch): Computed;

  protected compute(batch: Batch): Computed {
    const computed = this.classify(batch);
    const { weightRegularizer } = this.options;
    return weightRegularizer === null ? computed : this.#penalized(computed, weightRegularizer);
  }

  protected override get host(): ComparingLoss["host"] {
    return { ...super.host, compares: "embeddings with its class vectors" };
  }

  protected override check({ embeddings }: Batch): void {
    this.#checkWidth(embeddings);
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
    const { embeddingSize } = this.options;
    if (cols !== embeddingSize)
      throw new RangeError(`embeddings has ${cols} columns; ${this.name} was made for ${embeddingSize}`);
  }

  #penalized(computed: Computed, regularizer: Regularizer): Computed {
    const { weightRegWeight: weight } = this.options;
    const { value, gradient } = regularizer.evaluate(this.vectors.rows(null));
    if (computed.subLosses !== undefined) {
      const weightRegLoss = alone(Float64Array.of(value * weight));
      return { ...computed, subLosses: { ...computed.subLosses, weightRegLoss } };
    }
    const slopes = computed.parameters![this.parameterName].data;
    const added = this.vectors.slopes(gradient, null).data;
    for (let k = 0; k < slopes.length; k++) slopes[k] += weight * added[k];
    return { ...computed, value: computed.value + weight * value };
  }
}
