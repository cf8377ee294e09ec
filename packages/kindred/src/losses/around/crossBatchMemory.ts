import type { BatchNeeds } from "../../batch/batchReport.ts";
import { PreparedBatch, prepareBatch } from "../../batch/preparedBatch.ts";
import type { EvaluateOptions } from "../../batch/takes.ts";
import { checkList, describe, withDefaults } from "../../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";
import { learnedZeros, rowView, takeRows, toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import { option, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import { keptCount, keptFlag, keptMatrix, keptPart, keptValue } from "../../state/entries.ts";
import { isKeeper, type Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import { allPairs } from "../../tuples/allPairs.ts";
import { checkTuples } from "../../tuples/anchorLists.ts";
import { joinTuples } from "../../tuples/joinTuples.ts";
import { removeSelfComparisons } from "../../tuples/removeSelfComparisons.ts";
import { toPairs } from "../../tuples/toPairs.ts";
import { toTriplets } from "../../tuples/toTriplets.ts";
import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import type { Evaluation, Loss, LossState } from "../core/loss.ts";
import { describeLoss, type LossDescription } from "../core/lossDescription.ts";
import { requireServableLoss } from "./servableLoss.ts";

const options = {
  /** The width of the embeddings, >= 1. Required. */
  embeddingSize: wholeNumber({ atLeast: 1 }),
  /** How many embeddings are remembered, >= 1; at least a batch. Default 1024. */
  memorySize: wholeNumber({ default: 1024, atLeast: 1 }),
  /** Chooses tuples between a batch and the memory. Default null: all pairs. */
  miner: option<Miner | null>("a miner", null, checkMiner),
  /**
   * Batches at the beginning, >= 0, that are remembered but learned from by themselves only: with an `enqueueMask`, the
   * rows learned from against those remembered. Default 0.
   */
  warmUp: wholeNumber({ default: 0, atLeast: 0 }),
};

/** Options of {@link CrossBatchMemory}. */
export type CrossBatchMemoryOptions = OptionsGiven<typeof options>;

/** What {@link CrossBatchMemory.evaluate} may be given besides embeddings and labels. */
export interface MemoryOptions extends Pick<EvaluateOptions, "tuples"> {
  /**
   * Says which rows are remembered and not learned from; the others are learned from and not remembered (two views of the
   * samples, one of them by a slow encoder, say). Not together with tuples. Default: all rows are both.
   */
  readonly enqueueMask?: ArrayLike<boolean> | undefined;
}

/**
 * A loss between each batch and the embeddings of the batches before it, in a ring of `memorySize` rows: the positives that
 * a small batch lacks are found in memory. A batch is put into memory first; a sample there is not its own positive, which
 * is decided by where it was put and not by its values. What is remembered has no slope.
 *
 *     const loss = new CrossBatchMemory(new ContrastiveLoss(), { embeddingSize: 128, memorySize: 4096 });
 *     loss.evaluate(embeddings, labels);
 *
 * Time n M d and memory M d for M remembered rows; pairs are not listed. Tuples given are about the batch: they are learned
 * from in addition, with positives and negatives in the places that the batch took in memory.
 *
 * Source: Wang et al., "Cross-Batch Memory for Embedding Learning" (CVPR 2020).
 */
export class CrossBatchMemory implements Loss {
  static readonly description = describeLoss({
    name: "CrossBatchMemory",
    family: "around",
    summary: "Each batch is compared with the embeddings of the batches before it by any loss.",
    paper: 'Wang et al., "Cross-Batch Memory for Embedding Learning" (CVPR 2020)',
    takes: { labels: "required", reference: "none", tuples: "pairs" },
    needs: { positives: false, negatives: false },
    subLosses: {},
    options,
    wraps: "loss",
    example: ({ embeddingSize }) => ({ embeddingSize }),
  });
  readonly name = "CrossBatchMemory";
  readonly loss: Loss;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<typeof options>;
  readonly #memory: Matrix;
  #labels: Label[] = [];
  #queueIdx = 0;
  #hasBeenFilled = false;
  #batches = 0;
  /** Puts back the rows that the last batch took the places of. */
  #overwritten: (() => void) | null = null;

  /** @throws TypeError when the loss compares no pairs of samples, or a required option is missing */
  constructor(loss: Loss, given: CrossBatchMemoryOptions) {
    this.loss = requireServableLoss(this.name, loss);
    this.options = readOptions(options, given, this.name);
    this.#memory = learnedZeros(this.options.memorySize, this.options.embeddingSize, "a memory");
  }

  get description(): LossDescription {
    return { ...CrossBatchMemory.description, needs: this.needs };
  }

  get needs(): BatchNeeds {
    return this.loss.needs;
  }

  /** The wrapped loss's. */
  get parameters(): Readonly<Record<string, Matrix>> {
    return this.loss.parameters;
  }

  /** The place that the next row goes to. */
  get queueIdx(): number {
    return this.#queueIdx;
  }

  /** Whether every place has been taken, so that the oldest rows are overwritten. */
  get hasBeenFilled(): boolean {
    return this.#hasBeenFilled;
  }

  /** The labels remembered, place by place. */
  get memoryLabels(): readonly Label[] {
    return this.#labels;
  }

  /**
   * @throws RangeError when more rows are to be remembered than there are places, or labels and rows don't match; TypeError
   *   for a mask together with tuples
   */
  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: MemoryOptions): Evaluation {
    const { tuples, enqueueMask } = withDefaults<MemoryOptions>(options, noOptions, "CrossBatchMemory.evaluate");
    const batch = this.#check(embeddings, labels, tuples, enqueueMask);
    const isWarmingUp = this.#batches++ < this.options.warmUp;
    if (enqueueMask === undefined) {
      const places = this.#enqueue(batch);
      return isWarmingUp
        ? this.loss.evaluate(batch.embeddings, batch.labels, { tuples })
        : this.#compare(batch, places, tuples);
    }
    const rows = Array.from({ length: batch.embeddings.rows }, (_, i) => i);
    const learned = rows.filter((i) => !enqueueMask[i]);
    const remembered = rows.filter((i) => enqueueMask[i]);
    this.#enqueue(part(batch, remembered));
    const evaluation = isWarmingUp
      ? this.#compareWith(part(batch, remembered), part(batch, learned))
      : this.#compare(part(batch, learned), null);
    const gradient = zeros(batch.embeddings.rows, this.#memory.cols);
    learned.forEach((row, i) =>
      gradient.data.set(rowView(evaluation.gradients.embeddings, i), row * this.#memory.cols),
    );
    return { ...evaluation, gradients: { ...evaluation.gradients, embeddings: gradient } };
  }

  /** Forgets everything. */
  resetQueue(): void {
    this.#memory.data.fill(0);
    this.#labels.length = 0;
    this.#queueIdx = 0;
    this.#hasBeenFilled = false;
    this.#batches = 0;
  }

  state(): LossState {
    return saveState(this.name, this.#record);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    const found = prepareState(this.name, this.#record, state);
    const { memoryLabels, queueIdx, hasBeenFilled } = state as unknown as Queue;
    const remembered = hasBeenFilled ? this.options.memorySize : queueIdx;
    if (memoryLabels.length === remembered) return found;
    found.drop();
    throw new RangeError(
      `the state has ${memoryLabels.length} memoryLabels for ${remembered} embeddings remembered; give what state() returned`,
    );
  }

  restorePoint(): () => void {
    const restore = restorePoint([this.loss, this.options.miner]);
    const [queueIdx, hasBeenFilled, batches, count] = [
      this.#queueIdx,
      this.#hasBeenFilled,
      this.#batches,
      this.#labels.length,
    ];
    this.#overwritten = null;
    return () => {
      restore();
      this.#overwritten?.();
      this.#labels.length = count;
      this.#queueIdx = queueIdx;
      this.#hasBeenFilled = hasBeenFilled;
      this.#batches = batches;
    };
  }

  get #record(): StateRecord {
    const { memorySize, miner } = this.options;
    const checkMemoryLabels = (given: unknown, name: string): readonly Label[] => {
      encodeLabels(given as Labels, name);
      return Array.from(given as Labels);
    };
    return {
      memory: keptMatrix(this.#memory),
      memoryLabels: keptValue(
        { get: () => [...this.#labels], set: (labels) => (this.#labels = [...labels]) },
        checkMemoryLabels,
      ),
      queueIdx: keptCount(
        { get: () => this.#queueIdx, set: (queueIdx) => (this.#queueIdx = queueIdx) },
        memorySize - 1,
      ),
      hasBeenFilled: keptFlag({ get: () => this.#hasBeenFilled, set: (isFull) => (this.#hasBeenFilled = isFull) }),
      batches: keptCount({ get: () => this.#batches, set: (batches) => (this.#batches = batches) }),
      loss: keptPart(this.loss),
      ...(isKeeper(miner) && { miner: keptPart(miner) }),
    };
  }

  #check(
    embeddings: MatrixLike,
    labels: Labels | null,
    tuples: Tuples | undefined,
    mask: ArrayLike<boolean> | undefined,
  ): LabelledRows {
    const matrix = toMatrix(embeddings, "embeddings");
    if (matrix instanceof PreparedBatch && matrix.reference !== null)
      throw new TypeError(
        "CrossBatchMemory compares a batch with its memory; it was prepared with a reference, leave it out",
      );
    const { embeddingSize, memorySize } = this.options;
    if (labels === null || labels === undefined) throw new TypeError("CrossBatchMemory needs labels; give one a row");
    encodeLabels(labels, "labels");
    if (labels.length !== matrix.rows)
      throw new RangeError(
        `labels has ${labels.length} entries for ${matrix.rows} embeddings; each row needs one label`,
      );
    if (matrix.rows > 0 && matrix.cols !== embeddingSize)
      throw new RangeError(
        `embeddings has ${matrix.cols} columns; the memory was made for ${embeddingSize} (embeddingSize)`,
      );
    if (mask !== undefined && tuples !== undefined)
      throw new TypeError(
        "tuples and enqueueMask were both given; with a mask the batch is not in memory, leave one out",
      );
    if (mask !== undefined) checkList(mask, "enqueueMask", "true or false for each row");
    if (mask !== undefined && mask.length !== matrix.rows)
      throw new RangeError(`enqueueMask has ${mask.length} entries for ${matrix.rows} embeddings; give one a row`);
    if (tuples !== undefined) checkTuples(tuples, matrix.rows, matrix.rows);
    const enqueued = mask === undefined ? matrix.rows : Array.from(mask).filter(Boolean).length;
    if (enqueued > memorySize)
      throw new RangeError(
        `${enqueued} rows are to be remembered in ${memorySize} places; give a memorySize of a batch at least`,
      );
    return { embeddings: matrix, labels };
  }

  /** Puts rows into memory; gives their places. */
  #enqueue({ embeddings, labels }: LabelledRows): Int32Array {
    const { rows: memorySize, cols } = this.#memory;
    const places = Int32Array.from({ length: embeddings.rows }, (_, i) => (this.#queueIdx + i) % memorySize);
    this.#keepOverwritten(places);
    places.forEach((place, i) => {
      this.#memory.data.set(rowView(embeddings, i), place * cols);
      this.#labels[place] = labels[i];
    });
    this.#hasBeenFilled ||= this.#queueIdx + embeddings.rows >= memorySize;
    this.#queueIdx = (this.#queueIdx + embeddings.rows) % memorySize;
    return places;
  }

  #keepOverwritten(places: Int32Array): void {
    const { cols } = this.#memory;
    const rows = takeRows(this.#memory, places);
    const labels = Array.from(places, (place) => this.#labels[place]);
    this.#overwritten = () =>
      places.forEach((place, i) => {
        this.#memory.data.set(rowView(rows, i), place * cols);
        this.#labels[place] = labels[i];
      });
  }

  /** What is remembered so far: a view, and the labels themselves. */
  #remembered(): Remembered {
    const { data, cols } = this.#memory;
    const rows = this.#labels.length;
    return { reference: { data: data.subarray(0, rows * cols), rows, cols }, referenceLabels: this.#labels };
  }

  /** The loss between rows and the memory, and its slope with respect to the rows. */
  #compare({ embeddings, labels }: LabelledRows, places: Int32Array | null, given?: Tuples): Evaluation {
    // tuples that weigh anchors leave all pairs: there a sample meets itself in memory, as in PML
    const isWeighed = this.loss.description?.takes.tuples === "weights";
    const isListed = this.options.miner !== null || given !== undefined || isWeighed;
    const memory = {
      ...this.#remembered(),
      ...(!isListed && places !== null && { anchorRows: places }),
      learnReference: false,
    };
    const batch = prepareBatch(embeddings, labels, memory);
    return batch.share(() => {
      const tuples = isListed ? { tuples: this.#tuples(batch, labels, places, given) } : {};
      return this.loss.evaluate(batch, labels, { ...memory, ...tuples });
    });
  }

  /** The loss between rows and the rows of the same batch that are remembered. */
  #compareWith(remembered: LabelledRows, { embeddings, labels }: LabelledRows): Evaluation {
    const { embeddings: reference, labels: referenceLabels } = remembered;
    return this.loss.evaluate(embeddings, labels, { reference, referenceLabels, learnReference: false });
  }

  /** The miner's tuples, or all pairs, and those given, found again in memory. */
  #tuples(batch: PreparedBatch, labels: Labels, places: Int32Array | null, given: Tuples | undefined): Tuples {
    const { miner } = this.options;
    const { reference, referenceLabels } = batch.given;
    const found: Tuples =
      miner === null ? allPairs(labels, this.#labels) : miner.mine(batch, labels, { reference, referenceLabels });
    const own = places === null ? found : removeSelfComparisons(found, { batchIndices: places });
    if (given === undefined || places === null) return own;
    const moved = inMemory(given, places);
    return isTriplets(own)
      ? joinTuples(own, toTriplets(moved, labels, this.#labels))
      : joinTuples(own, toPairs(moved, labels, this.#labels));
  }
}

interface LabelledRows {
  readonly embeddings: Matrix;
  readonly labels: Labels;
}

type Remembered = Required<Pick<EvaluateOptions, "reference" | "referenceLabels">>;

interface Queue {
  readonly memoryLabels: readonly Label[];
  readonly queueIdx: number;
  readonly hasBeenFilled: boolean;
}

const noOptions: MemoryOptions = { tuples: undefined, enqueueMask: undefined };

function checkMiner(given: unknown, name: string): Miner {
  if (typeof (given as Miner | undefined)?.mine !== "function")
    throw new TypeError(`${name} is ${describe(given)}; give a miner such as new MultiSimilarityMiner(), or null`);
  return given as Miner;
}

function part({ embeddings, labels }: LabelledRows, rows: readonly number[]): LabelledRows {
  return { embeddings: takeRows(embeddings, rows), labels: rows.map((i) => labels[i]) };
}

/** Tuples of a batch with positives and negatives at the places that the batch took. */
function inMemory(tuples: Tuples, places: Int32Array): Tuples {
  const move = (list: ArrayLike<number>): Int32Array => Int32Array.from(list, (i) => places[i]);
  return { ...tuples, positives: move(tuples.positives), negatives: move(tuples.negatives) };
}
