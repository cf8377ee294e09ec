import type { Gradients } from "../losses/core/loss.ts";
import type { Label } from "../matrix/labels.ts";
import { isAllFinite, type Matrix } from "../matrix/matrix.ts";
import type { Lesson } from "./rows/lesson.ts";
import { largestEntry, type NamedMatrices } from "./weights/namedMatrices.ts";

/** Where NaN or an infinity was first. */
export type FaultPlace = "inputs" | "embeddings" | "loss" | "slopes" | "metric";

/** A batch as it was taken from the data. */
interface TakenBatch {
  /** The step that it was to be, 1, 2 ... */
  readonly step: number;
  /** The epoch that it belongs to, 1, 2 ... */
  readonly epoch: number;
  /** Which samples of the data it is. */
  readonly rows: Int32Array;
  readonly labels: readonly Label[];
  readonly inputs: Matrix;
  /** The columns beside the inputs: positives, negatives, further views. */
  readonly others: readonly Matrix[];
}

/** A batch that made NaN or an infinity, with all that was known of it by then. */
export interface FaultyBatch extends TakenBatch {
  readonly place: FaultPlace;
  /** What was found, as a sentence. */
  readonly message: string;
  /** What the model made of the inputs; null: it was not asked. */
  readonly embeddings: Matrix | null;
  /** The loss; null: it was not asked. */
  readonly value: number | null;
  /** The loss's slopes; null: it was not asked. */
  readonly gradients: Gradients | null;
}

/**
 * A batch made NaN or an infinity: its inputs, its embeddings, its loss or a slope. Nothing has moved, and `batch` is there to
 * be looked at; {@link faultyBatchToBytes} writes it.
 */
export class NotFiniteError extends RangeError {
  override readonly name = "NotFiniteError";
  readonly batch: FaultyBatch;

  constructor(batch: FaultyBatch) {
    super(batch.message);
    this.batch = batch;
  }
}

/** A step of a slope goes no farther: 10 times as far, as with a momentum of 0.9, is in the range of float32 still. */
const FARTHEST = 1e37;

/** Looks at a batch on its way through a step, and stops it where a number is none. */
export class BatchCheck {
  readonly #batch: TakenBatch;
  #embeddings: Matrix | null = null;
  #lesson: Lesson | null = null;

  constructor(batch: TakenBatch) {
    this.#batch = batch;
    if (![batch.inputs, ...batch.others].every(({ data }) => isAllFinite(data)))
      this.#refuse("inputs", "the inputs hold NaN or an infinity");
  }

  /** @throws NotFiniteError */
  embeddings([embeddings, ...others]: readonly Matrix[]): void {
    this.#embeddings = embeddings;
    if (![embeddings, ...others].every(({ data }) => isAllFinite(data)))
      this.#refuse("embeddings", "the embeddings hold NaN or an infinity");
  }

  /** @param keys what a slow copy of the model makes of the batch @throws NotFiniteError */
  keys(keys: Matrix): void {
    if (!isAllFinite(keys.data)) this.#refuse("embeddings", "the keys hold NaN or an infinity");
  }

  /** @throws NotFiniteError */
  lesson(lesson: Lesson): void {
    this.#lesson = lesson;
    const { value, gradients } = lesson.evaluation;
    if (!Number.isFinite(value)) this.#refuse("loss", `the loss is ${value}`);
    const { embeddings, reference, negatives = [], parameters } = gradients;
    this.slopes({ embeddings, ...(reference && { reference }) }, "the ");
    this.slopes(Object.fromEntries(negatives.map((slope, k) => [`negatives[${k}]`, slope])), "the ");
    this.slopes(parameters, "the loss's ");
  }

  /**
   * @param owner of the names, such as "the model's "
   * @param most how large an entry may be
   * @throws NotFiniteError
   */
  slopes(slopes: NamedMatrices, owner: string, most: number = Number.MAX_VALUE): void {
    for (const [name, { data }] of Object.entries(slopes)) {
      const largest = largestEntry(data);
      if (largest <= most) continue;
      const found = Number.isFinite(largest) ? "would move it beyond float32's range" : "holds NaN or an infinity";
      this.#refuse("slopes", `the slope of ${owner}${name} ${found}`);
    }
  }

  /** Refuses slopes, too, that are numbers but would move parameters to where there are none. @throws NotFiniteError */
  reach(slopes: NamedMatrices, learningRate: number, owner: string): void {
    this.slopes(slopes, owner, FARTHEST / Math.max(1, learningRate));
  }

  /** What is known of the batch, when it has passed and a metric then has not. */
  faulty(place: FaultPlace, message: string): FaultyBatch {
    const { value = null, gradients = null } = this.#lesson?.evaluation ?? {};
    return { ...this.#batch, place, message, embeddings: this.#embeddings, value, gradients };
  }

  #refuse(place: keyof typeof remedies, found: string): never {
    const { step } = this.#batch;
    throw new NotFiniteError(
      this.faulty(
        place,
        `${found} in the batch of step ${step}; nothing has moved, the batch is kept as faultyBatch: ${remedies[place]}`,
      ),
    );
  }
}

const remedies: Readonly<Record<Exclude<FaultPlace, "metric">, string>> = {
  inputs: "look at its rows in the data",
  embeddings: "give a smaller learning rate, a warm-up or clip, and look at its inputs for huge values",
  loss: "give the loss milder options (a temperature or scale too extreme), and look at its embeddings",
  slopes: "give a smaller learning rate or milder options of the loss, and look at its embeddings",
};
