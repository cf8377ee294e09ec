import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import { borrow, heap, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { ClassWeights } from "../../reducers/classWeightedReducer.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Batch } from "../../batch/batch.ts";
import { allClasses, sampleClasses, type ClassChoice } from "../logits/classChoice.ts";
import { ClassificationLoss, classificationDefaults, type ClassificationLossOptions } from "./classificationLoss.ts";
import type { ClassVectorShape } from "../logits/classVectors.ts";
import { CrossEntropyRow } from "../logits/crossEntropyRow.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import type { LossState } from "../core/loss.ts";
import type { Computed } from "../core/metricLoss.ts";
import { sampleWeights } from "../../batch/sampleWeights.ts";

/** What every softmax over class vectors can be told. */
export interface SoftmaxLossOptions extends ClassificationLossOptions {
  /**
   * What the loss of an embedding is multiplied by, for its class: a list in the order of the classes, or a Map from the
   * label. The reducer comes after it: the mean is over embeddings, not over weights. Default null: 1 for each.
   */
  readonly classWeights: ClassWeights | null;
  /**
   * How many classes are drawn for a batch as rivals, besides the classes that are in it, >= 1; the rest have no part in
   * the batch. Default null: all classes are rivals.
   */
  readonly sampledClasses: number | null;
}

export const softmaxDefaults: SoftmaxLossOptions = {
  ...classificationDefaults,
  classWeights: null,
  sampledClasses: null,
};

/**
 * Softmax cross entropy over logits that are made of the similarities between embeddings and class vectors. A subclass
 * says how.
 *
 *     L_i = -w_i log( e^(scale z_iy) / sum_j e^(scale z_ij) ),  y the class of i
 *
 * w_i is the weight of i's class, times how often i stands in the tuples (1 for the most frequent). One item an anchor.
 *
 * With `sampledClasses` S, a batch is compared with the K classes that are in it and S of the C - K others, drawn without
 * replacement, all equally likely. The logits of those drawn get + log((C - K) / S), the logarithm of one over their chance
 * of being drawn, so that the sum under the fraction is right on average. Time and memory beside the slopes grow with K + S
 * and not with C. Each call of `evaluate` draws anew; `state` holds where the drawing stands.
 */
export abstract class SoftmaxLoss extends ClassificationLoss {
  readonly sampledClasses: number | null;
  readonly #classWeights: Float64Array | null;

  constructor(options: SoftmaxLossOptions, shape: ClassVectorShape, distance: Distance = new CosineSimilarity()) {
    super(options, shape, distance, new MeanReducer());
    const { sampledClasses, classWeights } = options;
    this.sampledClasses =
      sampledClasses === null ? null : checkNumber(sampledClasses, "sampledClasses", { atLeast: 1, integer: true });
    this.#classWeights = classWeights === null ? null : listWeights(classWeights, this.classes);
  }

  /** How the logits of a batch are made of the similarities between its embeddings and class vectors. */
  protected abstract logitRows(workspace: Workspace, sides: Comparison, embeddings: Matrix): LogitRows;

  /** Whether {@link SoftmaxLoss.getLogits} multiplies by the scale. */
  protected readonly hasScaledLogits: boolean = true;

  /**
   * The logit of each embedding for each class, without the margin: what to take the softmax or the largest of when the
   * classes are to be predicted.
   *
   * @param embeddings n x embeddingSize
   * @returns n x numClasses
   */
  getLogits(embeddings: MatrixLike): Matrix {
    const matrix = this.embeddingsOf(embeddings);
    const vectors = this.prepareVectors(this.vectors.rows(null));
    const out = zeros(matrix.rows, this.numClasses);
    borrow((workspace) => {
      const sides = this.distance.compare(workspace, matrix, vectors);
      const logits = this.logitRows(workspace, sides, matrix);
      sides.tiles.forEachRow((i, row) => {
        const from = logits.forward(i, row, -1) >>> 2;
        const scale = this.hasScaledLogits ? logits.scale(i) : 1;
        const floats = heap();
        for (let c = 0; c < out.cols; c++) out.data[i * out.cols + c] = scale * floats[from + c];
      });
    });
    return out;
  }

  override state(): LossState {
    return this.sampledClasses === null ? super.state() : { ...super.state(), sampler: this.random.state() };
  }

  override load(state: LossState): void {
    if (this.sampledClasses === null) {
      super.load(state);
      return;
    }
    const { sampler } = state;
    if (!Array.isArray(sampler)) throw new RangeError(`the state has no sampler; it is not of this ${this.name}`);
    const restored = Random.restore(sampler as number[]);
    super.load(state);
    this.random = restored;
  }

  protected classify(batch: Batch): Computed {
    const { embeddings, labels } = batch;
    const codes = this.codesOf(batch);
    const itemWeights = this.#itemWeights(batch, codes);
    const { classes, targets, exact, correction } = this.#choose(codes);
    const kept = this.vectors.rows(classes);
    const vectors = this.prepareVectors(kept);
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, vectors);
      const logits = this.logitRows(workspace, sides, embeddings);
      const crossEntropy = new CrossEntropyRow(classes?.length ?? this.numClasses, exact, correction);
      const reduction = this.reducerOf("loss").begin({ kind: "element", labels });
      sides.tiles.pullBack((i, row) => {
        const pointer = logits.forward(i, row, targets[i]);
        const weight = itemWeights[i];
        const loss = weight * crossEntropy.evaluate(pointer, targets[i], logits.scale(i));
        crossEntropy.pull(weight * reduction.weighOne(i, loss));
        logits.backward(i, row, targets[i]);
      });
      const result = reduction.result();
      logits.measure?.();
      const pulled = pullGradients(sides, embeddings, vectors, result.scale);
      logits.finish?.(result.scale, [embeddings, pulled.embeddings], [vectors, pulled.reference!]);
      const slopes = this.vectors.slopes(this.pullVectors(kept, pulled.reference!), classes);
      return {
        ...this.total([reduction], [result]),
        embeddings: pulled.embeddings,
        parameters: { [this.parameterName]: slopes },
      };
    });
  }

  /** What is done to class vectors, as rows, before they are compared. */
  protected prepareVectors(vectors: Matrix): Matrix {
    return vectors;
  }

  /** Pulls the slopes of prepared class vectors back, in place. */
  protected pullVectors(_vectors: Matrix, slopes: Matrix): Matrix {
    return slopes;
  }

  /** How much each sample counts by the tuples. */
  protected sampleWeights({ tuples, embeddings }: Batch): Float64Array {
    return sampleWeights(tuples, embeddings.rows);
  }

  #itemWeights(batch: Batch, codes: Int32Array): Float64Array {
    const weights = this.sampleWeights(batch);
    if (this.#classWeights !== null) for (let i = 0; i < codes.length; i++) weights[i] *= this.#classWeights[codes[i]];
    return weights;
  }

  #choose(codes: Int32Array): ClassChoice {
    return this.sampledClasses === null
      ? allClasses(codes, this.numClasses)
      : sampleClasses(codes, this.numClasses, this.sampledClasses, this.random);
  }
}

function listWeights(weights: ClassWeights, classes: ArrayLike<Label>): Float64Array {
  if (typeof weights !== "object")
    throw new TypeError(`classWeights is ${describe(weights)}; give one number a class, as a list or a Map`);
  const isMap = weights instanceof Map;
  if (!isMap && (weights as ArrayLike<number>).length !== classes.length)
    throw new RangeError(
      `classWeights has ${(weights as ArrayLike<number>).length} entries for ${classes.length} classes; give one a class`,
    );
  return Float64Array.from({ length: classes.length }, (_, code) => {
    const label = classes[code];
    const weight: unknown = isMap ? weights.get(label) : (weights as ArrayLike<number>)[code];
    return checkNumber(weight, `the class weight of ${describe(label)}`, { atLeast: 0 });
  });
}
