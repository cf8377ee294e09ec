import type { Distance } from "../../distances/distance.ts";
import { checkNumber, checkOneOf, describe, unknownName, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { DoNothingReducer } from "../../reducers/doNothingReducer.ts";
import { MultipleReducers } from "../../reducers/multipleReducers.ts";
import type { Reduced, Reducer, Reduction } from "../../reducers/reducer.ts";
import { requireReducer } from "../../reducers/requireReducer.ts";
import type { SubLoss } from "../../reducers/subLoss.ts";
import { requireRegularizer, type Regularizer } from "../../regularizers/regularizer.ts";
import { checkBatch, countAnchorClasses, countPairs, type Batch, type PairCounts } from "../../batch/batch.ts";
import type { BatchNeeds, BatchReport, BatchStatus, WhenSilent } from "../../batch/batchReport.ts";
import type { EvaluateOptions, Evaluation, Loss, LossState } from "./loss.ts";
import { savedMatrix } from "./savedMatrix.ts";

/** What every loss can be told. */
export interface MetricLossOptions {
  /** How embeddings are compared. Default: the loss's own. */
  readonly distance: Distance | null;
  /** How item losses become one number; a loss of several sub-losses uses it for each. Default: the loss's own. */
  readonly reducer: Reducer | null;
  /** A penalty on the embeddings. Default null: none. */
  readonly embeddingRegularizer: Regularizer | null;
  /** What the penalty is multiplied by. Default 1. */
  readonly embeddingRegWeight: number;
  /** What to do about a batch that teaches nothing: "warn" once a reason (default), "throw" or "ignore". */
  readonly whenSilent: WhenSilent;
}

export const metricLossDefaults: MetricLossOptions = {
  distance: null,
  reducer: null,
  embeddingRegularizer: null,
  embeddingRegWeight: 1,
  whenSilent: "warn",
};

/** What a loss finds for a batch, before regularizers and the report. */
export interface Computed {
  readonly value: number;
  readonly embeddings: Matrix;
  readonly reference?: Matrix;
  readonly parameters?: Readonly<Record<string, Matrix>>;
  readonly items: number;
  readonly activeItems: number;
  readonly subLosses?: Readonly<Record<string, SubLoss>>;
}

/** What all losses share: options, checks at the door, regularizers, the report and what is done about silence. */
export abstract class MetricLoss implements Loss {
  abstract readonly name: string;
  abstract readonly needs: BatchNeeds;
  readonly parameters: Readonly<Record<string, Matrix>> = {};
  readonly distance: Distance;
  readonly reducer: Reducer;
  readonly embeddingRegularizer: Regularizer | null;
  readonly embeddingRegWeight: number;
  readonly whenSilent: WhenSilent;
  readonly #warned = new Set<BatchStatus>();

  constructor(options: MetricLossOptions, defaultDistance: Distance, defaultReducer: Reducer) {
    this.distance = options.distance ?? defaultDistance;
    this.reducer = options.reducer ?? defaultReducer;
    this.embeddingRegularizer = options.embeddingRegularizer;
    this.embeddingRegWeight = checkNumber(options.embeddingRegWeight, "embeddingRegWeight");
    this.whenSilent = checkOneOf(options.whenSilent, "whenSilent", ["warn", "throw", "ignore"]);
    if (typeof this.distance !== "object" || !("compare" in this.distance))
      throw new TypeError(`distance is ${describe(this.distance)}; give a distance such as new CosineSimilarity()`);
    requireReducer("reducer", this.reducer);
    if (this.embeddingRegularizer !== null) requireRegularizer("embeddingRegularizer", this.embeddingRegularizer);
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation {
    const given = withDefaults<EvaluateOptions>(options, noOptions, `${this.name}.evaluate`);
    const batch = checkBatch(this.name, embeddings, labels, given);
    this.check(batch);
    const pairs = countPairs(batch);
    const before = this.silenceBefore(batch, pairs);
    const computed = before === null ? this.compute(batch) : this.#nothing(batch);
    const report = this.#report(batch, pairs, computed, before);
    this.#speakUp(report);
    const { value, embeddings: gradient, reference, parameters = this.#zeroParameters(), subLosses } = computed;
    const evaluation: Evaluation = {
      value,
      gradients: { embeddings: gradient, ...(batch.learnReference && reference && { reference }), parameters },
      report,
      ...(subLosses && { subLosses }),
    };
    return this.embeddingRegularizer === null ? evaluation : this.#regularized(batch, evaluation);
  }

  state(): LossState {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, matrix]) => [name, copy(matrix)]));
  }

  load(state: LossState): void {
    const parameters = Object.entries(this.parameters);
    const saved = parameters.map(([name, { rows, cols }]) => savedMatrix(state, name, rows, cols, this.name));
    parameters.forEach(([, matrix], k) => matrix.data.set(saved[k].data));
  }

  /** Refuses batches that this loss cannot take. */
  protected check(batch: Batch): void {
    if (batch.codes === null && batch.tuples === null)
      throw new TypeError(
        `${this.name} was given neither labels nor tuples; give one label a row, or a miner's tuples`,
      );
  }

  /** The value and the slopes of a batch that holds what the loss needs. */
  protected abstract compute(batch: Batch): Computed;

  /** Why nothing can be learned from the batch, known before computing; null: something can. */
  protected silenceBefore(batch: Batch, { positivePairs, negativePairs }: PairCounts): BatchStatus | null {
    if (batch.tuples !== null && positivePairs + negativePairs === 0) return "no-tuples";
    if (this.needs.positives && positivePairs === 0) return "no-positive-pairs";
    if (this.needs.negatives && negativePairs === 0) return "no-negative-pairs";
    return positivePairs + negativePairs === 0 ? "no-positive-pairs" : null;
  }

  /** The names of the sub-losses, regularizers aside. */
  protected get subLossNames(): readonly string[] {
    return ["loss"];
  }

  /** Whether the loss knows what a DivisorReducer is to divide by. */
  protected readonly hasDivisor: boolean = false;

  /** The reducer of a sub-loss. */
  protected reducerOf(subLoss: string): Reducer {
    const reducer = this.reducer instanceof MultipleReducers ? this.#ownReducer(this.reducer, subLoss) : this.reducer;
    if (reducer.needsDivisor === true && !this.hasDivisor)
      throw new TypeError(`${this.name} has no divisor for a DivisorReducer; use a MeanReducer or a SumReducer`);
    return reducer;
  }

  /** @throws TypeError when the reducers name a sub-loss that this loss has not */
  #ownReducer(reducers: MultipleReducers, subLoss: string): Reducer {
    const known = [...this.subLossNames, ...regularizationNames];
    const unknown = Object.keys(reducers.reducers).find((name) => !known.includes(name));
    if (unknown !== undefined) throw new TypeError(unknownName(`${this.name} has no sub-loss`, unknown, known));
    return reducers.forSubLoss(subLoss);
  }

  /** What reductions have come to: the values' sum, the items, and the unreduced items where nothing was reduced. */
  protected total(
    reductions: readonly Reduction[],
    results: readonly Reduced[],
  ): Pick<Computed, "value" | "items" | "activeItems" | "subLosses"> {
    const entries = this.subLossNames.map((name, k) => [name, results[k].subLoss] as const);
    return {
      value: results.reduce((sum, { value }) => sum + value, 0),
      items: reductions.reduce((sum, { items }) => sum + items, 0),
      activeItems: reductions.reduce((sum, { activeItems }) => sum + activeItems, 0),
      ...(this.reducer instanceof DoNothingReducer && {
        subLosses: Object.fromEntries(entries) as Record<string, SubLoss>,
      }),
    };
  }

  #nothing({ embeddings, reference }: Batch): Computed {
    const none = { losses: new Float64Array(0), indices: null, reductionType: "already_reduced" } as const;
    return {
      value: 0,
      embeddings: zeros(embeddings.rows, embeddings.cols),
      ...(reference && { reference: zeros(reference.rows, reference.cols) }),
      items: 0,
      activeItems: 0,
      ...(this.reducer instanceof DoNothingReducer && {
        subLosses: Object.fromEntries(this.subLossNames.map((name) => [name, none])),
      }),
    };
  }

  #zeroParameters(): Readonly<Record<string, Matrix>> {
    return Object.fromEntries(
      Object.entries(this.parameters).map(([name, { rows, cols }]) => [name, zeros(rows, cols)]),
    );
  }

  #report(batch: Batch, pairs: PairCounts, { items, activeItems }: Computed, before: BatchStatus | null): BatchReport {
    const isSilent = activeItems === 0 && !(this.reducer instanceof DoNothingReducer);
    return {
      status: before ?? (isSilent ? "all-satisfied" : "learning"),
      anchors: batch.embeddings.rows,
      classes: countAnchorClasses(batch),
      ...pairs,
      items,
      activeItems,
    };
  }

  #speakUp({ status, anchors, classes }: BatchReport): void {
    if (status === "learning" || this.whenSilent === "ignore") return;
    const sentence = `${this.name} learns nothing from this batch: ${reasons[status]} (anchors: ${anchors}, classes: ${classes})`;
    if (this.whenSilent === "throw") throw new Error(sentence);
    if (this.#warned.has(status)) return;
    this.#warned.add(status);
    console.warn(`${sentence}. Later batches like this one are not mentioned again.`);
  }

  #regularized({ embeddings }: Batch, evaluation: Evaluation): Evaluation {
    const { value, gradient } = this.embeddingRegularizer!.evaluate(embeddings);
    const weight = this.embeddingRegWeight;
    if (evaluation.subLosses !== undefined) {
      const losses = Float64Array.of(value * weight);
      const embeddingRegLoss: SubLoss = { losses, indices: null, reductionType: "already_reduced" };
      return { ...evaluation, subLosses: { ...evaluation.subLosses, embeddingRegLoss } };
    }
    const slopes = evaluation.gradients.embeddings.data;
    for (let k = 0; k < slopes.length; k++) slopes[k] += weight * gradient.data[k];
    return { ...evaluation, value: evaluation.value + weight * value };
  }
}

/** What regularizers add; they come reduced. */
const regularizationNames = ["embeddingRegLoss", "weightRegLoss"];

const noOptions: EvaluateOptions = {
  tuples: undefined,
  reference: undefined,
  referenceLabels: undefined,
  anchorRows: undefined,
  learnReference: undefined,
};

const reasons: Readonly<Record<Exclude<BatchStatus, "learning">, string>> = {
  "no-positive-pairs":
    "no two of its samples share a class; sample several per class (MPerClassSampler) or enlarge the batch",
  "no-negative-pairs": "all of its samples are of one class; sample more classes per batch",
  "no-tuples": "the tuples given are empty; loosen the miner or sample more per class",
  "all-satisfied":
    "every item already has loss 0, or is left out by the reducer; mine harder examples or widen the margin",
};

function copy({ data, rows, cols }: Matrix): Matrix {
  return { data: data.slice(), rows, cols };
}
