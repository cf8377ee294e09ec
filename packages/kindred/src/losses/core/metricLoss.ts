import { countAnchorClasses, countPairs, hasCompleteAnchor, type Batch, type PairCounts } from "../../batch/batch.ts";
import type { BatchNeeds, BatchReport, BatchStatus, WhenSilent } from "../../batch/batchReport.ts";
import { openDoor } from "../../batch/door.ts";
import type { AnyColumns, EvaluateArguments, Takes } from "../../batch/takes.ts";
import { unknownName } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { descriptionOf } from "../../options/descriptionOf.ts";
import type { OptionArguments, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import type { SubLoss } from "../../reducers/subLoss.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { keptMatrix } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import { prepareEntries, prepareState, saveEntries, saveState, type StateRecord } from "../../state/stateRecord.ts";
import type { Evaluation, Loss, LossState } from "./loss.ts";
import type { LossDescription } from "./lossDescription.ts";
import type { LossOptionRecord } from "./lossOptions.ts";
import { reasonOf, type Silence } from "./silenceReasons.ts";

/** What a loss finds for a batch, before regularizers and the report. */
export interface Computed {
  readonly value: number;
  readonly embeddings: Matrix;
  readonly reference?: Matrix;
  readonly negatives?: readonly Matrix[];
  readonly parameters?: Readonly<Record<string, Matrix>>;
  readonly items: number;
  readonly activeItems: number;
  readonly subLosses?: Readonly<Record<string, SubLoss>>;
  /** Why no item is active, where the loss knows better than that all are satisfied. */
  readonly silence?: Silence;
}

/**
 * What all losses share. A subclass has a static `description` (see {@link LossDescription}), from which its options, its
 * checks and what its `evaluate` takes come, and computes; all else is done here, in one line of stations: the door, which
 * checks the batch; silence, when it holds nothing to learn from; computing; regularizers; the report.
 *
 * R is the record of its options, T what it takes.
 */
export abstract class MetricLoss<
  R extends LossOptionRecord = LossOptionRecord,
  T extends Takes = Takes,
> implements Loss {
  readonly name: string;
  readonly description: LossDescription;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<R>;
  readonly parameters: Readonly<Record<string, Matrix>> = {};
  readonly reducer: Reducer;
  readonly embeddingRegularizer: Regularizer | null;
  readonly embeddingRegWeight: number;
  readonly whenSilent: WhenSilent;
  readonly #warned = new Set<BatchStatus>();

  /**
   * @throws TypeError when an option is unknown, missing or of another type, or the class has no description; RangeError
   *   when a value is out of bounds
   */
  constructor(...[given]: OptionArguments<R>) {
    const description = (this.description = descriptionOf<LossDescription>(new.target, "loss"));
    this.name = description.name;
    this.options = readOptions(description.options as unknown as R, given, this.name);
    const options = this.options as unknown as OptionValues<LossOptionRecord>;
    this.reducer = options.reducer;
    this.whenSilent = options.whenSilent;
    this.embeddingRegularizer = options.embeddingRegularizer ?? null;
    this.embeddingRegWeight = options.embeddingRegWeight ?? 1;
  }

  /** What a batch must hold so that this loss learns from it. */
  get needs(): BatchNeeds {
    return this.description.needs;
  }

  /**
   * The loss of a batch and its slopes.
   *
   * @param embeddings n x d; a prepared batch is one too
   * @param labels, options as the loss takes them
   * @throws TypeError, RangeError when the batch is malformed, or not what the loss takes or needs
   */
  evaluate(...[embeddings, labels, columns]: EvaluateArguments<T>): Evaluation;
  evaluate(embeddings: MatrixLike, labels: Labels | null, columns?: AnyColumns): Evaluation {
    const batch = openDoor(this.host, embeddings, labels, columns);
    this.check(batch);
    const pairs = countPairs(batch);
    const silence = this.silenceBefore(batch, pairs);
    const computed = silence === null ? this.compute(batch) : this.#nothing(batch);
    const report = this.#report(batch, pairs, computed, silence);
    this.#speakUp(report, batch);
    return this.#regularized(batch, this.#evaluation(batch, computed, report));
  }

  state(): LossState {
    return saveState(this.name, this.stateRecord);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.stateRecord, state);
  }

  restorePoint(): () => void {
    const others = Object.entries(this.stateRecord).filter(([name]) => !(name in this.parameters));
    const record = Object.fromEntries(others);
    const before = saveEntries(record);
    return () => {
      prepareEntries(record, before, "the state's ").take();
    };
  }

  /** All that the loss keeps; a subclass adds to it. */
  protected get stateRecord(): StateRecord {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, matrix]) => [name, keptMatrix(matrix)]));
  }

  /** What the door looks at. */
  protected get host(): Parameters<typeof openDoor>[0] {
    return { name: this.name, takes: this.description.takes, compares: "the batch with itself" };
  }

  /** Refuses batches that this loss cannot take, beyond what its description says. */
  protected check(_batch: Batch): void {}

  /** The value and the slopes of a batch that holds what the loss needs. */
  protected abstract compute(batch: Batch): Computed;

  /** Why nothing can be learned from the batch, known before computing; null: something can. */
  protected silenceBefore({ embeddings, tuples }: Batch, { positivePairs, negativePairs }: PairCounts): Silence | null {
    if (this.needs.pairs === false) return null;
    if (embeddings.rows === 0) return "empty-batch";
    if (tuples !== null && positivePairs + negativePairs === 0) return "no-tuples";
    if (this.needs.positives && positivePairs === 0) return "no-positive-pairs";
    if (this.needs.negatives && negativePairs === 0) return "no-negative-pairs";
    return positivePairs + negativePairs === 0 ? "no-positive-pairs" : null;
  }

  /** Why no item of the batch is active, where computing found none. */
  protected silenceAfter(batch: Batch): Silence {
    const { positives, negatives } = this.needs;
    if (batch.embeddings.rows === 0) return "empty-batch";
    return positives && negatives && !hasCompleteAnchor(batch) ? "no-triplets" : "all-satisfied";
  }

  /** The names of the sub-losses, regularizers aside. */
  protected get subLossNames(): readonly string[] {
    return Object.keys(this.description.subLosses);
  }

  /** Whether the loss knows what a DivisorReducer is to divide by. */
  protected readonly hasDivisor: boolean = false;

  /** Starts the reduction of a sub-loss, whose items are as the description says. */
  protected begin(subLoss: string, labels: Batch["labels"]): Reduction {
    const kind = this.description.subLosses[subLoss];
    if (kind === undefined || kind === "number") throw new TypeError(`${this.name} has no items of ${subLoss}`);
    return this.#reducerOf(subLoss).begin({ kind, labels });
  }

  /** @throws TypeError when the reducers name a sub-loss that this loss has not, or need a divisor that it lacks */
  #reducerOf(subLoss: string): Reducer {
    const known = [...this.subLossNames, ...regularizationNames];
    const unknown = this.reducer.subLossNames?.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new TypeError(unknownName(`${this.name} has no sub-loss`, unknown, known));
    const reducer = this.reducer.forSubLoss?.(subLoss) ?? this.reducer;
    if (reducer.needsDivisor === true && !this.hasDivisor)
      throw new TypeError(`${this.name} has no divisor for a DivisorReducer; use a MeanReducer or a SumReducer`);
    return reducer;
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
      ...(this.handsOutItems && { subLosses: Object.fromEntries(entries) as Record<string, SubLoss> }),
    };
  }

  /** Whether the reducer reduces nothing: value and slopes are 0 then. */
  protected get handsOutItems(): boolean {
    return this.reducer.handsOutItems === true;
  }

  #nothing({ embeddings, reference, negatives }: Batch): Computed {
    return {
      value: 0,
      embeddings: zeros(embeddings.rows, embeddings.cols),
      ...(reference && { reference: zeros(reference.rows, reference.cols) }),
      ...(negatives.length > 0 && { negatives: negatives.map(({ rows, cols }) => zeros(rows, cols)) }),
      items: 0,
      activeItems: 0,
      ...(this.handsOutItems && {
        subLosses: Object.fromEntries(this.subLossNames.map((name) => [name, alone(new Float64Array(0))])),
      }),
    };
  }

  #evaluation(batch: Batch, computed: Computed, report: BatchReport): Evaluation {
    const { value, embeddings, reference, negatives, parameters = this.#zeroParameters(), subLosses } = computed;
    const learned = { ...(reference && { reference }), ...(negatives && { negatives }) };
    return {
      value,
      gradients: { embeddings, ...(batch.learnReference && learned), parameters },
      report,
      ...(subLosses && { subLosses }),
    };
  }

  #zeroParameters(): Readonly<Record<string, Matrix>> {
    return Object.fromEntries(
      Object.entries(this.parameters).map(([name, { rows, cols }]) => [name, zeros(rows, cols)]),
    );
  }

  #report(batch: Batch, pairs: PairCounts, computed: Computed, silence: Silence | null): BatchReport {
    const { items, activeItems } = computed;
    const isSilent = activeItems === 0 && !this.handsOutItems;
    return {
      status: silence ?? (isSilent ? (computed.silence ?? this.silenceAfter(batch)) : "learning"),
      anchors: batch.embeddings.rows,
      classes: countAnchorClasses(batch),
      ...pairs,
      items,
      activeItems,
    };
  }

  #speakUp({ status, anchors, classes }: BatchReport, batch: Batch): void {
    if (status === "learning" || this.whenSilent === "ignore") return;
    const sentence = `${this.name} learns nothing from this batch: ${this.reasonOf(status, batch)} (anchors: ${anchors}, classes: ${classes})`;
    if (this.whenSilent === "throw") throw new Error(sentence);
    if (this.#warned.has(status)) return;
    this.#warned.add(status);
    console.warn(`${sentence}. Later batches like this one are not mentioned again.`);
  }

  /** The status in words. */
  protected reasonOf(silence: Silence, batch: Batch): string {
    return reasonOf(silence, batch);
  }

  #regularized({ embeddings }: Batch, evaluation: Evaluation): Evaluation {
    if (this.embeddingRegularizer === null) return evaluation;
    const { value, gradient } = this.embeddingRegularizer.evaluate(embeddings);
    const weight = this.embeddingRegWeight;
    if (evaluation.subLosses !== undefined) {
      const embeddingRegLoss = alone(Float64Array.of(value * weight));
      return { ...evaluation, subLosses: { ...evaluation.subLosses, embeddingRegLoss } };
    }
    const slopes = evaluation.gradients.embeddings.data;
    for (let k = 0; k < slopes.length; k++) slopes[k] += weight * gradient.data[k];
    return { ...evaluation, value: evaluation.value + weight * value };
  }
}

/** What regularizers add; they come reduced. */
const regularizationNames = ["embeddingRegLoss", "weightRegLoss"];

/** A sub-loss that came reduced. */
export function alone(losses: Float64Array): SubLoss {
  return { losses, indices: null, reductionType: "already_reduced" };
}
