import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { pullGradients, type Comparison } from "../../distances/distance.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { OptionArguments, OptionValues } from "../../options/option.ts";
import type { ClassWeights } from "../../reducers/classWeightedReducer.ts";
import { keptRandom } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { toWeights } from "../../tuples/toWeights.ts";
import type { Computed } from "../core/metricLoss.ts";
import { allClasses, sampleClasses, type ClassChoice } from "../logits/classChoice.ts";
import { CrossEntropyRow } from "../logits/crossEntropyRow.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { ClassificationLoss, type classTakes } from "./classificationLoss.ts";
import type { SoftmaxOptionRecord } from "./softmaxOptions.ts";

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
export abstract class SoftmaxLoss<
  R extends SoftmaxOptionRecord = SoftmaxOptionRecord,
  T extends Takes = typeof classTakes,
> extends ClassificationLoss<R, T> {
  declare readonly options: OptionValues<R> & OptionValues<SoftmaxOptionRecord>;
  readonly #classWeights: Float64Array | null;

  constructor(...given: OptionArguments<R>) {
    super(...given);
    const { classWeights } = this.options;
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
    const out = zeros(matrix.rows, this.options.numClasses);
    borrow((workspace) => {
      const sides = this.distance.compare(workspace, matrix, { reference: vectors });
      const logits = this.logitRows(workspace, sides, matrix);
      sides.tiles.forEachRow((row) => {
        const values = logits.forward(row.place, row, -1).view();
        const scale = this.hasScaledLogits ? logits.scale(row.place) : 1;
        for (let c = 0, to = row.place * out.cols; c < out.cols; c++, to++) out.data[to] = scale * values[c];
      });
    });
    return out;
  }

  protected override get stateRecord(): StateRecord {
    if (this.options.sampledClasses === null) return super.stateRecord;
    const sampler = keptRandom({ get: () => this.random, set: (random) => (this.random = random) });
    return { ...super.stateRecord, sampler };
  }

  protected classify(batch: Batch): Computed {
    const { embeddings, labels } = batch;
    const codes = this.codesOf(batch);
    const itemWeights = this.#itemWeights(batch, codes);
    const { classes, targets, exact, correction } = this.#choose(codes);
    const kept = this.vectors.rows(classes);
    const vectors = this.prepareVectors(kept);
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, { reference: vectors });
      const logits = this.logitRows(workspace, sides, embeddings);
      const crossEntropy = new CrossEntropyRow(classes?.length ?? this.options.numClasses, exact, correction);
      const { unit = 1 } = logits;
      const reduction = this.begin("loss", labels);
      sides.tiles.pullBack((row) => {
        const i = row.place;
        const values = logits.forward(i, row, targets[i]);
        const weight = itemWeights[i];
        const loss = weight * crossEntropy.evaluate(values, targets[i], logits.scale(i));
        crossEntropy.pull((weight * reduction.weighOne(i, loss)) / unit);
        logits.backward(i, row, targets[i]);
      });
      const result = reduction.result();
      logits.measure?.();
      const scale = unit * result.scale;
      const pulled = pullGradients(sides, embeddings, vectors, scale);
      logits.finish?.(scale, [embeddings, pulled.embeddings], [vectors, pulled.reference!]);
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
    return toWeights(tuples, embeddings.rows);
  }

  #itemWeights(batch: Batch, codes: Int32Array): Float64Array {
    const weights = this.sampleWeights(batch);
    if (this.#classWeights !== null) for (let i = 0; i < codes.length; i++) weights[i] *= this.#classWeights[codes[i]];
    return weights;
  }

  #choose(codes: Int32Array): ClassChoice {
    const { numClasses, sampledClasses } = this.options;
    return sampledClasses === null
      ? allClasses(codes, numClasses)
      : sampleClasses(codes, numClasses, sampledClasses, this.random);
  }
}

function listWeights(weights: ClassWeights, classes: ArrayLike<Label>): Float64Array {
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
