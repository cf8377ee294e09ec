import { CrossBatchMemory } from "../losses/around/crossBatchMemory.ts";
import type { Loss } from "../losses/core/loss.ts";
import { checkNumber, checkOneOf, describe, withDefaults } from "../matrix/checks.ts";
import type { Label } from "../matrix/labels.ts";
import { type Matrix, type MatrixLike, zeros } from "../matrix/matrix.ts";
import { keptCount } from "../state/entries.ts";
import type { State } from "../state/state.ts";
import type { StateRecord } from "../state/stateRecord.ts";
import { embedInBatches } from "./embedInBatches.ts";
import type { Model } from "./model.ts";
import type { Lesson } from "./rows/lesson.ts";
import { type Column, columnTaker, type Rows } from "./rows/rows.ts";
import { ExponentialAverage } from "./weights/exponentialAverage.ts";
import { KeptByWeights } from "./weights/keptByWeights.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";
import { withWeights } from "./withWeights.ts";

/** Options of {@link MomentumEncoder}. */
export interface MomentumEncoderOptions {
  /** Share of the slow weights that is kept in a step, 0 <= momentum < 1; default 0.999. */
  readonly momentum?: number;
  /**
   * What the keys are made of, row by row as the data's inputs: another view of the samples. Default null: the data's inputs, which a
   * function is asked for once more, so that one that augments gives a second view.
   */
  readonly keyInputs?: Column | null;
  /**
   * Which keys are a query's positives: "class", those of its label, also of earlier batches (default); "sample", the key of its own
   * sample in this batch and no other, as in MoCo, where labels are not looked at.
   */
  readonly positives?: "class" | "sample";
}

/**
 * Momentum contrast (MoCo): queries come from the model, and keys from a copy of it that follows slowly. Queries are compared with
 * the keys of this batch and of those before it, which a {@link CrossBatchMemory} holds: their embeddings change little from step to
 * step, so that a long memory stays true. In each step
 *
 *     queries = model(inputs),  keys = slow(keyInputs),  memory <- keys
 *     loss(queries; reference = memory) moves the model
 *     slow = momentum slow + (1 - momentum) model
 *
 * The copy takes the memory of its weights alone; keys have no slope, and are embedded as outside training.
 *
 *     const memory = new CrossBatchMemory(new NTXentLoss(), { embeddingSize: 64, memorySize: 4096 });
 *     const momentumEncoder = new MomentumEncoder({ positives: "sample" });
 *     const trainer = new Trainer({ model, loss: memory, sampler, data, momentumEncoder });
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 *
 * Source: He et al., "Momentum contrast for unsupervised visual representation learning" (CVPR 2020).
 */
export class MomentumEncoder extends KeptByWeights {
  readonly name = "MomentumEncoder";
  readonly #options: Required<MomentumEncoderOptions>;
  #slow: ExponentialAverage;
  #takeKeyInputs: ((rows: Int32Array) => Matrix) | null = null;
  /** Samples that have been queries, each with its key: what labels "sample" counts by. */
  #pairs = 0;

  constructor(options?: MomentumEncoderOptions) {
    super();
    const defaults: Required<MomentumEncoderOptions> = { momentum: 0.999, keyInputs: null, positives: "class" };
    this.#options = withDefaults(options, defaults, "MomentumEncoder");
    checkNumber(this.#options.momentum, "momentum", { atLeast: 0, below: 1 });
    checkOneOf(this.#options.positives, "positives", ["class", "sample"]);
    this.#slow = this.#newCopy();
  }

  /** The slow copy's weights by name, live; null before the first step, when they are the model's. */
  get weights(): NamedMatrices | null {
    return this.#slow.weights;
  }

  /**
   * What the slow copy makes of inputs.
   *
   * @param batchSize rows at a time
   */
  embed(model: Model, inputs: MatrixLike, batchSize?: number): Matrix {
    return withWeights(model, this.weights, () => embedInBatches(model, inputs, batchSize));
  }

  /** Begins with a Trainer. @throws TypeError when its model has no weights to copy, or its loss no memory for keys */
  begin({ model, loss, miner, data }: { model: Model; loss: Loss; miner: object | null; data: Rows }): void {
    if (model.parameters === undefined)
      throw new TypeError(
        "momentumEncoder copies the model's weights, and the model has no parameters; give it parameters to get and set",
      );
    if (!(loss instanceof CrossBatchMemory))
      throw new TypeError(
        `momentumEncoder puts keys into a CrossBatchMemory, and the loss is ${describe(loss.name)}; give new CrossBatchMemory(loss, { embeddingSize })`,
      );
    if (miner !== null)
      throw new TypeError(
        "a miner of the Trainer chooses within a batch, and momentumEncoder compares with the memory; give the miner to CrossBatchMemory",
      );
    if (data.inputs === undefined || data.labels === undefined)
      throw new TypeError(
        "momentumEncoder compares a batch with keys of earlier ones; it needs data of inputs and labels",
      );
    const { keyInputs } = this.#options;
    const count = data.labels.length;
    this.#takeKeyInputs =
      keyInputs === null ? columnTaker(data.inputs, "data.inputs", count) : columnTaker(keyInputs, "keyInputs", count);
  }

  /** The keys of a batch; the copy begins as the model is in the first. */
  keysOf(model: Model, rows: Int32Array, batchSize?: number): Matrix {
    if (this.weights === null) this.#slow.add(model.parameters!, 0);
    return this.embed(model, this.#takeKeyInputs!(rows), batchSize);
  }

  /** What the memory says of the queries, once it holds their keys. */
  lessonOf(memory: Loss, queries: Matrix, keys: Matrix, labels: readonly Label[]): Lesson {
    const [n, d] = [queries.rows, queries.cols];
    const both = zeros(2 * n, d);
    both.data.set(queries.data);
    both.data.set(keys.data, n * d);
    const own = this.#options.positives === "class" ? labels : labels.map((_, i) => this.#pairs + i);
    const enqueueMask = Array.from({ length: 2 * n }, (_, i) => i >= n);
    const evaluation = (memory as CrossBatchMemory).evaluate(both, [...own, ...own], { enqueueMask });
    const slopes = evaluation.gradients.embeddings;
    const embeddings = { data: slopes.data.slice(0, n * d), rows: n, cols: d };
    return { embeddings: queries, evaluation: { ...evaluation, gradients: { ...evaluation.gradients, embeddings } } };
  }

  /** Ends a step. @param weights of the model, which the copy follows; null: they have not moved */
  finish(samples: number, weights: NamedMatrices | null, step: number): void {
    this.#pairs += samples;
    if (weights !== null) this.#slow.add(weights, step);
  }

  /** For a step that fails: what it returns puts the copy back that there was. */
  restorePoint(): () => void {
    const isNew = this.weights === null;
    return () => {
      if (isNew) this.#slow = this.#newCopy();
    };
  }

  #newCopy(): ExponentialAverage {
    return new ExponentialAverage({ decay: this.#options.momentum, warmUp: false });
  }

  protected override record(like?: NamedMatrices): StateRecord {
    return {
      pairs: keptCount({ get: () => this.#pairs, set: (pairs) => (this.#pairs = pairs) }),
      slow: {
        save: () => this.#slow.state(),
        prepare: (given) => this.#slow.prepareLoad(given as State, like),
      },
    };
  }
}
