import {
  Adam,
  embedInBatches,
  MlpModel,
  Trainer,
  type BatchSampler,
  type Matrix,
  type TrainingHook,
  type TrainingResult,
} from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import { atTheDoor, InputError } from "../../../door/inputError.ts";
import type { SizedOptions, TrainOptions } from "../options/trainOptions.ts";
import type { TrainingParts } from "../setup/buildParts.ts";
import { applyScale, columnScale, foldScale, type ColumnScale } from "./columnScale.ts";

const DIVERGED =
  "the training diverged: embeddings are no numbers any more; give a smaller --lr, or milder options of the loss";

const TOO_LARGE =
  "the vectors hold numbers so large that their embeddings leave the range of float32; give --scale standard, or smaller numbers";

/** How many steps a training takes. */
export function stepsOf({ steps, epochs }: TrainOptions, sampler: BatchSampler): number {
  return steps ?? epochs * sampler.batchesPerEpoch;
}

/** A head about to learn from labelled vectors, whose columns are brought to one spread where they need it. */
export class HeadTraining {
  readonly model: MlpModel;
  readonly #scale: ColumnScale | null;
  readonly #inputs: Matrix;
  readonly #trainer: Trainer;
  readonly #steps: number;

  /** @throws InputError when the options and the data do not go together */
  constructor(
    options: SizedOptions,
    { loss, miner, sampler }: TrainingParts,
    { vectors, labels }: DataSet,
    hooks: readonly TrainingHook[],
  ) {
    const { size, hidden, activation, seed, learningRate, chunkSize } = options;
    this.#scale = columnScale(vectors, options.scale);
    this.#steps = stepsOf(options, sampler);
    const optimizer = (): Adam => new Adam({ learningRate });
    const shape = { inputSize: vectors.cols, hidden, outputSize: size, activation };
    const model = atTheDoor(() => new MlpModel({ ...shape, seed, optimizer: optimizer() }));
    this.#inputs = this.scaled(vectors);
    const data = { inputs: this.#inputs, labels };
    const parts = { model, loss, miner, sampler, data, lossOptimizer: optimizer() };
    this.#trainer = atTheDoor(() => new Trainer({ ...parts, chunkSize, hooks }));
    this.model = model;
  }

  /** Whether columns are brought to one spread. */
  get isScaled(): boolean {
    return this.#scale !== null;
  }

  /** Vectors as the head sees them while it learns. */
  scaled(vectors: Matrix): Matrix {
    return this.#scale === null ? vectors : applyScale(vectors, this.#scale);
  }

  /**
   * Looks whether the vectors can be trained on, before the first step.
   *
   * @param goOn may give the trainer the state of an earlier run
   * @throws InputError when they are too large
   */
  async begin(goOn: (trainer: Trainer) => Promise<void>): Promise<void> {
    if (!this.#isInRange) throw new InputError(TOO_LARGE);
    await goOn(this.#trainer);
  }

  /**
   * Trains to the end, or until the signal; the model takes vectors as they are from then on.
   *
   * @throws InputError when the training diverged
   */
  async run(signal: AbortSignal): Promise<TrainingResult> {
    const steps = this.#steps - this.#trainer.stepsDone;
    const result = await this.#trainer.train({ steps, signal }).catch((error: unknown) => {
      throw this.#isInRange ? error : new InputError(DIVERGED);
    });
    if (result.faultyBatch !== null) throw new InputError(DIVERGED);
    if (this.#scale !== null) foldScale(this.model, this.#scale);
    return result;
  }

  /** What the trained head makes of vectors. @throws InputError when the training diverged */
  embed(vectors: Matrix): Matrix {
    const embedded = embedInBatches(this.model, vectors);
    if (!isFinite(embedded)) throw new InputError(DIVERGED);
    return embedded;
  }

  /** Whether the embeddings of all that is trained on are in the range of float32. */
  get #isInRange(): boolean {
    return isFinite(embedInBatches(this.model, this.#inputs));
  }
}

function isFinite({ data }: Matrix): boolean {
  return data.every(Number.isFinite);
}
