import { checkNumber, checkRequired, withDefaults } from "../../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";
import { rowView, takeRows, toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import { allPairs } from "../../tuples/allPairs.ts";
import { checkTuples } from "../../tuples/anchorLists.ts";
import { joinTuples } from "../../tuples/joinTuples.ts";
import { removeSelfComparisons } from "../../tuples/removeSelfComparisons.ts";
import { toPairs } from "../../tuples/toPairs.ts";
import { toTriplets } from "../../tuples/toTriplets.ts";
import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import { AnchorWeightedPairLoss } from "../pairs/anchorWeightedPairLoss.ts";
import type { BatchNeeds } from "../../batch/batchReport.ts";
import { requireComparingLoss } from "./comparingLoss.ts";
import type { EvaluateOptions, Evaluation, Loss, LossState } from "../core/loss.ts";
import { savedMatrix } from "../core/savedMatrix.ts";

/** Options of {@link CrossBatchMemory}. */
export interface CrossBatchMemoryOptions {
  /** The width of the embeddings, >= 1. Required. */
  readonly embeddingSize: number;
  /** How many embeddings are remembered, >= 1; at least a batch. Default 1024. */
  readonly memorySize: number;
  /** Chooses tuples between a batch and the memory. Default null: all pairs. */
  readonly miner: Miner | null;
  /**
   * Batches at the beginning that are remembered but learned from by themselves only: with an `enqueueMask`, the rows
   * learned from against those remembered. Default 0.
   */
  readonly warmUp: number;
}

const defaults: CrossBatchMemoryOptions = { embeddingSize: NaN, memorySize: 1024, miner: null, warmUp: 0 };

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
  readonly name = "CrossBatchMemory";
  readonly loss: Loss;
  readonly miner: Miner | null;
  readonly embeddingSize: number;
  readonly memorySize: number;
  readonly warmUp: number;
  readonly #memory: Matrix;
  readonly #labels: Label[] = [];
  #queueIdx = 0;
  #hasBeenFilled = false;
  #batches = 0;

  /** @throws TypeError when the loss compares no pairs of samples, or a required option is missing */
  constructor(loss: Loss, options: Partial<CrossBatchMemoryOptions> & Pick<CrossBatchMemoryOptions, "embeddingSize">) {
    this.loss = requireComparingLoss(this.name, loss);
    const given = withDefaults(options, defaults, "CrossBatchMemory");
    this.miner = given.miner;
    this.embeddingSize = checkRequired(given.embeddingSize, "embeddingSize", "CrossBatchMemory", {
      atLeast: 1,
      integer: true,
    });
    this.memorySize = checkNumber(given.memorySize, "memorySize", { atLeast: 1, integer: true });
    this.warmUp = checkNumber(given.warmUp, "warmUp", { atLeast: 0, integer: true });
    this.#memory = zeros(this.memorySize, this.embeddingSize);
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
    const isWarmingUp = this.#batches++ < this.warmUp;
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
    const gradient = zeros(batch.embeddings.rows, this.embeddingSize);
    learned.forEach((row, i) =>
      gradient.data.set(rowView(evaluation.gradients.embeddings, i), row * this.embeddingSize),
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
    const { rows, cols, data } = this.#memory;
    return {
      memory: { rows, cols, data: data.slice() },
      memoryLabels: [...this.#labels],
      queueIdx: this.#queueIdx,
      hasBeenFilled: this.#hasBeenFilled,
      batches: this.#batches,
      loss: this.loss.state(),
    };
  }

  load(state: LossState): void {
    const memory = savedMatrix(state, "memory", this.memorySize, this.embeddingSize, this.name);
    const { memoryLabels, queueIdx, hasBeenFilled, batches, loss } = state as Partial<MemoryState>;
    if (memoryLabels === undefined)
      throw new RangeError("the state has no memoryLabels; it is not of this CrossBatchMemory");
    this.loss.load(loss ?? {});
    this.#memory.data.set(memory.data);
    this.#labels.splice(0, this.#labels.length, ...memoryLabels);
    this.#queueIdx = queueIdx ?? 0;
    this.#hasBeenFilled = hasBeenFilled ?? false;
    this.#batches = batches ?? 0;
  }

  #check(
    embeddings: MatrixLike,
    labels: Labels | null,
    tuples: Tuples | undefined,
    mask: ArrayLike<boolean> | undefined,
  ): LabelledRows {
    const matrix = toMatrix(embeddings, "embeddings");
    if (labels === null || labels === undefined) throw new TypeError("CrossBatchMemory needs labels; give one a row");
    encodeLabels(labels, "labels");
    if (labels.length !== matrix.rows)
      throw new RangeError(
        `labels has ${labels.length} entries for ${matrix.rows} embeddings; each row needs one label`,
      );
    if (matrix.rows > 0 && matrix.cols !== this.embeddingSize)
      throw new RangeError(
        `embeddings has ${matrix.cols} columns; the memory was made for ${this.embeddingSize} (embeddingSize)`,
      );
    if (mask !== undefined && tuples !== undefined)
      throw new TypeError(
        "tuples and enqueueMask were both given; with a mask the batch is not in memory, leave one out",
      );
    if (mask !== undefined && mask.length !== matrix.rows)
      throw new RangeError(`enqueueMask has ${mask.length} entries for ${matrix.rows} embeddings; give one a row`);
    if (tuples !== undefined) checkTuples(tuples, matrix.rows, matrix.rows);
    const enqueued = mask === undefined ? matrix.rows : Array.from(mask).filter(Boolean).length;
    if (enqueued > this.memorySize)
      throw new RangeError(
        `${enqueued} rows are to be remembered in ${this.memorySize} places; give a memorySize of a batch at least`,
      );
    return { embeddings: matrix, labels };
  }

  /** Puts rows into memory; gives their places. */
  #enqueue({ embeddings, labels }: LabelledRows): Int32Array {
    const places = Int32Array.from({ length: embeddings.rows }, (_, i) => (this.#queueIdx + i) % this.memorySize);
    places.forEach((place, i) => {
      this.#memory.data.set(rowView(embeddings, i), place * this.embeddingSize);
      this.#labels[place] = labels[i];
    });
    this.#hasBeenFilled ||= this.#queueIdx + embeddings.rows >= this.memorySize;
    this.#queueIdx = (this.#queueIdx + embeddings.rows) % this.memorySize;
    return places;
  }

  /** The loss between rows and the memory, and its slope with respect to the rows. */
  #compare({ embeddings, labels }: LabelledRows, places: Int32Array | null, given?: Tuples): Evaluation {
    const used = this.#labels.length;
    const data = this.#memory.data.subarray(0, used * this.embeddingSize);
    const memory = {
      reference: { data, rows: used, cols: this.embeddingSize },
      referenceLabels: this.#labels,
    };
    // such a loss looks at all pairs whatever the tuples, which weigh its anchors only
    const needsTuples = this.loss instanceof AnchorWeightedPairLoss;
    const among =
      this.miner === null && given === undefined && !needsTuples
        ? { anchorRows: places ?? undefined }
        : { tuples: this.#tuples(embeddings, labels, memory, places, given) };
    return this.loss.evaluate(embeddings, labels, { ...memory, ...among, learnReference: false });
  }

  /** The loss between rows and the rows of the same batch that are remembered. */
  #compareWith(remembered: LabelledRows, { embeddings, labels }: LabelledRows): Evaluation {
    const { embeddings: reference, labels: referenceLabels } = remembered;
    return this.loss.evaluate(embeddings, labels, { reference, referenceLabels, learnReference: false });
  }

  /** The miner's tuples, or all pairs, and those given, found again in memory. */
  #tuples(
    embeddings: Matrix,
    labels: Labels,
    memory: Required<Pick<EvaluateOptions, "reference" | "referenceLabels">>,
    places: Int32Array | null,
    given: Tuples | undefined,
  ): Tuples {
    const found: Tuples =
      this.miner === null ? allPairs(labels, this.#labels) : this.miner.mine(embeddings, labels, memory);
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

interface MemoryState {
  readonly memory: Matrix;
  readonly memoryLabels: readonly Label[];
  readonly queueIdx: number;
  readonly hasBeenFilled: boolean;
  readonly batches: number;
  readonly loss: LossState;
}

const noOptions: MemoryOptions = { tuples: undefined, enqueueMask: undefined };

function part({ embeddings, labels }: LabelledRows, rows: readonly number[]): LabelledRows {
  return { embeddings: takeRows(embeddings, rows), labels: rows.map((i) => labels[i]) };
}

/** Tuples of a batch with positives and negatives at the places that the batch took. */
function inMemory(tuples: Tuples, places: Int32Array): Tuples {
  const move = (list: ArrayLike<number>): Int32Array => Int32Array.from(list, (i) => places[i]);
  return { ...tuples, positives: move(tuples.positives), negatives: move(tuples.negatives) };
}
