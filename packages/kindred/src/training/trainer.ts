import type { Loss } from "../losses/core/loss.ts";
import { checkNumber, describe, withDefaults } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Miner } from "../miners/miner.ts";
import type { BatchSampler } from "../samplers/batchSampler.ts";
import { restorePoint } from "../state/restorePoint.ts";
import { stateFromBytes, stateToBytes } from "../state/stateBytes.ts";
import { Adam } from "./adam.ts";
import { BatchCheck, type FaultyBatch, NotFiniteError } from "./faultyBatch.ts";
import { HistoryRecorder, liveShare } from "./history.ts";
import { learnColumns } from "./learnColumns.ts";
import type { Model } from "./model.ts";
import type { MomentumEncoder } from "./momentumEncoder.ts";
import { Mover, type MovingRules } from "./mover.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Lesson } from "./rows/lesson.ts";
import { type ColumnsLesson, readingOf, type RowReading } from "./rows/rowReading.ts";
import { checkRows, type CheckedRows, type RowBatch, type Rows } from "./rows/rows.ts";
import { Stopwatch } from "./stopwatch.ts";
import { type KeepingParts, loadTrainer, type Progress, saveTrainer, type TrainerState } from "./trainerState.ts";
import type {
  EvaluationEvent,
  Metrics,
  StepEvent,
  StopReason,
  TrainingControl,
  TrainingHook,
  TrainingResult,
} from "./trainingHook.ts";
import { TwoTowers } from "./twoTowers.ts";
import { scaled } from "./weights/namedMatrices.ts";
import type { WeightAverage } from "./weights/weightAverage.ts";
import { withWeights } from "./withWeights.ts";

/** A number of epochs or a number of steps. */
export interface Span {
  readonly epochs?: number;
  readonly steps?: number;
}

/** How long a run is: `epochs` or `steps`, one of the two; a signal ends it early, between two steps. */
export interface RunOptions extends Span {
  readonly signal?: AbortSignal;
}

/** Options of {@link Trainer}. */
export interface TrainerOptions<M extends Model = Model> extends MovingRules {
  /** Embeds all columns of the data; or {@link TwoTowers}, one model for the first column and one for the others. */
  readonly model: M;
  readonly loss: Loss;
  readonly sampler: BatchSampler;
  /** What is learned from: {@link Rows} of columns that the loss can read, such as `{ inputs, labels }`. */
  readonly data: Rows;
  /** Chooses the pairs or triplets of each batch; default none: all that the labels make. */
  readonly miner?: Miner | null;
  /**
   * Rows that the model embeds at a time in training mode, >= 1: its activations are kept for so many, the loss still sees
   * the whole batch (cached gradients). Each row is then embedded twice. The steps are the same for a model that embeds each
   * row by itself (no batch normalization), and without chance (no dropout) or with a `restorePoint` that puts it back. For a
   * loop of your own: {@link cached}. Default null: the whole batch.
   */
  readonly chunkSize?: number | null;
  /** Told in this order what happens; default none. */
  readonly hooks?: readonly TrainingHook[];
  /** Judges the model, with the averaged weights where there are any; default none. A figure that is NaN ends the run. */
  readonly evaluate?: ((model: M) => Metrics | Promise<Metrics>) | null;
  /** How often `evaluate` is called, counted from the training's beginning; default `{ epochs: 1 }`. */
  readonly evaluateEvery?: Span;
  /** Moves the loss's own parameters; default `new Adam()`; null leaves them as they are. */
  readonly lossOptimizer?: Optimizer | null;
  /**
   * Averages the model's weights over the steps: {@link ExponentialAverage}, {@link MeanAverage}. `evaluate` judges the averaged
   * weights, {@link Trainer.useAverage} gives them to the model. It belongs to this Trainer alone. Default none.
   */
  readonly average?: WeightAverage | null;
  /** Compares the batch with keys of a slow copy of the model; the loss is a CrossBatchMemory. Default none. */
  readonly momentumEncoder?: MomentumEncoder | null;
}

const defaults: Partial<TrainerOptions> = {
  model: undefined,
  loss: undefined,
  sampler: undefined,
  data: undefined,
  miner: null,
  chunkSize: null,
  hooks: [],
  evaluate: null,
  evaluateEvery: { epochs: 1 },
  average: null,
  momentumEncoder: null,
  schedule: null,
  clip: null,
  freeze: null,
  accumulate: 1,
};

/** What JavaScript may be kept from other work before the loop lets it breathe. */
const BREATH_EVERY_MS = 30;

/**
 * The training loop. In each step the sampler's next batch is embedded, the miner (if any) chooses its tuples, the loss
 * gives value and slopes, and the model and the loss's own parameters move.
 *
 *     const trainer = new Trainer({ model, loss, sampler, data: { inputs, labels } });
 *     const { history, silentSteps } = await trainer.train({ epochs: 10 });
 *
 * Or step by step, while a page or a progress bar stays alive:
 *
 *     for await (const { step, value, report } of trainer.steps({ steps: 500 })) draw(step, value, report.status);
 *
 * A batch that teaches nothing is a step like any other (an optimizer's momentum may still move the weights); its event's
 * `report` says so and the result counts it. Chance lies in the model's and the sampler's seeds only: the same seeds give
 * the same training.
 *
 * **A batch that makes NaN or an infinity moves nothing**: the run ends with stopReason "not-finite", a sentence in `stopMessage` and
 * the batch in `faultyBatch`. A later run begins with the same batch.
 *
 * @throws TypeError when an option is missing or unknown, or one needs of the model what it does not have; RangeError when there is
 *   not one label a row, or an option is out of bounds
 */
export class Trainer<M extends Model = Model> implements TrainingControl {
  readonly #options: Required<TrainerOptions>;
  readonly #rows: CheckedRows;
  readonly #read: RowReading;
  readonly #mover: Mover;
  readonly #stopwatch = new Stopwatch();
  readonly #done: Progress = { stepsDone: 0, epochsDone: 0, batchesDone: 0 };
  /** The unfinished epoch's batches to come; null between epochs and after a load. */
  #batches: Iterator<Int32Array> | null = null;
  #stopMessage: string | null = null;
  /** The last batch, where it is kept for an evaluation to come. */
  #lastBatch: BatchCheck | null = null;
  #faultyBatch: FaultyBatch | null = null;
  #isRunning = false;

  constructor(options: TrainerOptions<M>) {
    // its evaluate is handed its own model alone
    const own = options as unknown as TrainerOptions;
    const given = withDefaults<Partial<TrainerOptions>>(own, { ...defaults, lossOptimizer: new Adam() }, "Trainer");
    this.#options = given as Required<TrainerOptions>;
    for (const name of ["model", "loss", "sampler", "data"] as const)
      if (typeof this.#options[name] !== "object" || this.#options[name] === null)
        throw new TypeError(`Trainer's ${name} is ${describe(this.#options[name])}; give the ${name} to train with`);
    const { chunkSize } = this.#options;
    if (chunkSize !== null) checkNumber(chunkSize, "chunkSize", { atLeast: 1, integer: true });
    checkSpan(this.#options.evaluateEvery, "evaluateEvery", 1);
    const { model, loss, miner, data } = this.#options;
    this.#rows = checkRows(data);
    if (model instanceof TwoTowers && this.#rows.shape.kind === "inputs")
      throw new TypeError(
        "two towers embed rows of two columns or more, such as anchors and positives; data has inputs alone",
      );
    this.#read = readingOf(loss, miner, this.#rows.shape);
    this.#mover = new Mover(this.#options, this.#options);
    this.#options.momentumEncoder?.begin(this.#options);
    if (this.#options.average !== null && this.#options.model.parameters === undefined)
      throw new TypeError(
        "average averages the model's weights, and the model has no parameters; give it parameters to get and set",
      );
    if (this.#options.accumulate > 1) this.#warnOfAccumulation();
  }

  get stepsDone(): number {
    return this.#done.stepsDone;
  }

  get epochsDone(): number {
    return this.#done.epochsDone;
  }

  get model(): Model {
    return this.#options.model;
  }

  get loss(): Loss {
    return this.#options.loss;
  }

  get average(): WeightAverage | null {
    return this.#options.average;
  }

  get hasEvaluation(): boolean {
    return this.#options.evaluate !== null;
  }

  stop(message = ""): void {
    this.#stopMessage = message;
  }

  /**
   * One step, at once; hooks and evaluation are left to {@link steps}.
   *
   * When the inputs, the model, the miner or the loss throw, nothing has moved: the next step takes the same batch again, and
   * draws and remembers as if there had been no attempt. Not so when a model's `step` or an optimizer of your own throws while it
   * moves weights, and not for what a model, a loss or a miner of your own keeps besides (`forget`, `restorePoint`). An error
   * of a hook comes after its step, which is done and counted.
   *
   * @throws NotFiniteError, which has the batch, when the batch makes NaN or an infinity
   */
  step(): StepEvent {
    const { sampler, loss, miner, model, momentumEncoder } = this.#options;
    const place = sampler.state();
    const restore = restorePoint([loss, miner, this.#mover, momentumEncoder]);
    try {
      return this.#step();
    } catch (error) {
      restore();
      model.forget?.();
      this.#batches = null;
      sampler.load(place);
      throw error;
    }
  }

  #step(): StepEvent {
    this.#stopwatch.start();
    const { model, loss, miner, sampler, average, momentumEncoder } = this.#options;
    const { stepsDone } = this;
    const epoch = this.epochsDone + 1;
    const rows = this.#nextRows();
    const batch = this.#rows.take(rows);
    const [inputs, ...others] = batch.columns;
    const labels = batch.labels ?? [];
    const check = new BatchCheck({ step: stepsDone + 1, epoch, rows, labels, inputs, others });

    const { embeddings, evaluation, tuples } = this.#learn(batch, rows, check);
    const { hasMoved, gradientNorm } = this.#mover.move(stepsDone, evaluation.gradients.parameters, check);
    const isFollowed = hasMoved && (average !== null || momentumEncoder !== null);
    const weights = isFollowed ? model.parameters! : null;
    if (weights !== null) average?.add(weights, stepsDone + 1);
    momentumEncoder?.finish(rows.length, weights, stepsDone + 1);

    this.#finishBatch();
    this.#stopwatch.stop(rows.length);
    if (this.hasEvaluation) this.#lastBatch = check;
    const { value, values, report, gradients } = evaluation;
    const { learningRate } = model;
    return {
      step: this.stepsDone,
      epoch,
      value,
      ...(values && { losses: values }),
      report,
      needs: loss.needs,
      gradients,
      embeddings,
      labels,
      rows,
      ...(tuples && { tuples }),
      parts: { loss, miner, sampler },
      liveShare: liveShare(report, loss.needs),
      ...(learningRate !== undefined && { learningRate }),
      ...(gradientNorm !== null && { gradientNorm }),
      hasMoved,
      samplesPerSecond: this.#stopwatch.samplesPerSecond,
    };
  }

  /** Embeds a batch, asks the loss, and pulls the batch's share of its slopes back through the model. */
  #learn(batch: RowBatch, rows: Int32Array, check: BatchCheck): Lesson {
    const { model, loss, chunkSize, momentumEncoder } = this.#options;
    const keys = momentumEncoder?.keysOf(model, rows, chunkSize ?? undefined);
    if (keys !== undefined) check.keys(keys);
    const { share } = this.#mover;
    const isLearned = !(model instanceof TwoTowers && model.document === null);
    let lesson: ColumnsLesson | undefined;
    const slopesOf = (columns: readonly Matrix[]): readonly (Matrix | null)[] => {
      check.embeddings(columns);
      lesson =
        keys === undefined
          ? this.#read({ ...batch, columns }, isLearned)
          : alone(momentumEncoder!.lessonOf(loss, columns[0], keys, batch.labels!));
      check.lesson(lesson);
      return share === 1 ? lesson.slopes : lesson.slopes.map((slope) => slope && scaled(slope, share));
    };
    learnColumns(model, batch.columns, slopesOf, chunkSize);
    return lesson!;
  }

  /**
   * Runs and hands out each step, then the result. Hooks are called, evaluations made (also after the last step), and the
   * event loop gets its turn in between. Who leaves the loop early ends the run; a later run goes on from there.
   *
   * @throws TypeError or RangeError when neither or both of epochs and steps are given; Error when a run is under way
   */
  async *steps(options: RunOptions): AsyncGenerator<StepEvent, TrainingResult, void> {
    const { signal, ...span } = withDefaults<RunOptions>(
      options,
      { epochs: undefined, steps: undefined, signal: undefined },
      "a run",
    );
    checkSpan(span, "a run", 0);
    if (this.#isRunning)
      throw new Error("this Trainer is in a run already; wait for its end, or make a second Trainer");
    this.#isRunning = true;
    this.#stopMessage = null;
    this.#faultyBatch = null;
    this.#stopwatch.reset();
    const recorder = new HistoryRecorder();
    const evaluations: EvaluationEvent[] = [];
    const [firstStep, firstEpoch, began] = [this.stepsDone, this.epochsDone, performance.now()];
    const isUnfinished = (): boolean =>
      span.steps !== undefined
        ? this.stepsDone - firstStep < span.steps
        : this.epochsDone - firstEpoch < (span.epochs as number);
    let stopReason: StopReason = "aborted";
    let result: TrainingResult;
    let epochStart = 0;
    let lastBreath = began;
    try {
      await this.#tell((hook) => hook.onStart?.(this));
      while (isUnfinished() && this.#isGoingOn && !signal?.aborted) {
        const event = this.#stepUnlessFaulty();
        if (event === null) break;
        recorder.add(event.value, event.report, event.liveShare, event.losses);
        await this.#tell((hook) => hook.onStep?.(event, this));
        yield event;
        if (this.epochsDone === event.epoch) {
          const epochEvent = { step: event.step, epoch: event.epoch, ...recorder.summarySince(epochStart) };
          epochStart = recorder.steps;
          await this.#tell((hook) => hook.onEpochEnd?.(epochEvent, this));
        }
        if (this.#isEvaluationDue(event)) evaluations.push(await this.#evaluateAndTell());
        await this.#tell((hook) => hook.onRest?.(this));
        if (performance.now() - lastBreath > BREATH_EVERY_MS) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          lastBreath = performance.now();
        }
      }
      const wasEvaluated = evaluations.at(-1)?.step === this.stepsDone;
      if (this.#options.evaluate !== null && recorder.steps > 0 && !wasEvaluated && !signal?.aborted)
        evaluations.push(await this.#evaluateAndTell());
      stopReason = this.#reasonOfEnd(isUnfinished());
    } catch (error) {
      stopReason = "failed";
      throw error;
    } finally {
      this.#isRunning = false;
      result = {
        steps: recorder.steps,
        epochs: this.epochsDone - firstEpoch,
        silentSteps: recorder.silentSteps,
        history: recorder.history(),
        evaluations,
        seconds: (performance.now() - began) / 1000,
        samplesPerSecond: this.#stopwatch.samplesPerSecond,
        stopReason,
        ...this.#wordsOfEnd,
      };
      await this.#tell((hook) => hook.onEnd?.(result, this));
    }
    return result;
  }

  /** Runs to the end; see {@link steps}. */
  async train(options: RunOptions): Promise<TrainingResult> {
    const run = this.steps(options);
    for (;;) {
      const next = await run.next();
      if (next.done) return next.value;
    }
  }

  /**
   * Gives the model the averaged weights; its own are gone, and a later run goes on from these. Nothing changes before the first
   * weights were averaged.
   *
   * @throws TypeError when no average is made; Error during a run
   */
  useAverage(): void {
    const { average, model } = this.#options;
    if (average === null) throw new TypeError("this Trainer averages no weights; give it average");
    if (this.#isRunning) throw new Error("this Trainer is in a run; use the average before or after it");
    if (average.weights !== null) model.parameters = average.weights;
  }

  /** Everything that a later training goes on from, as if it had never stopped; copies. */
  async state(): Promise<TrainerState> {
    return saveTrainer(this.#parts, this.#done);
  }

  /**
   * Goes on from a saved state. The Trainer must be made of the same parts: model, loss, miner, sampler, data and optimizers. A
   * state that is refused changes nothing in any of them.
   *
   * @throws TypeError, RangeError when the state is not of such a Trainer, or a part's is not that part's; Error during a run
   */
  async load(state: TrainerState): Promise<void> {
    if (this.#isRunning) throw new Error("this Trainer is in a run; load a state before or after it");
    await loadTrainer(this.#parts, this.#done, state);
    this.#batches = null;
  }

  get #parts(): KeepingParts {
    return { ...this.#options, ...this.#mover.records };
  }

  /** Whether nothing has ended the run. */
  get #isGoingOn(): boolean {
    return this.#stopMessage === null && this.#faultyBatch === null;
  }

  get #wordsOfEnd(): Pick<TrainingResult, "stopMessage" | "faultyBatch"> {
    return {
      stopMessage: this.#stopMessage ?? this.#faultyBatch?.message ?? "",
      faultyBatch: this.#faultyBatch,
    };
  }

  #reasonOfEnd(isUnfinished: boolean): StopReason {
    if (this.#faultyBatch !== null) return "not-finite";
    if (!isUnfinished) return "finished";
    return this.#stopMessage !== null ? "stopped" : "aborted";
  }

  /** A step; null: its batch made what is no number, and is kept. */
  #stepUnlessFaulty(): StepEvent | null {
    try {
      return this.step();
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error;
      this.#faultyBatch = error.batch;
      return null;
    }
  }

  #warnOfAccumulation(): void {
    const { loss, accumulate } = this.#options;
    if (loss.needs.pairs === false) return;
    console.warn(
      `accumulate: ${accumulate} is not a batch ${accumulate} times as large: ${loss.name} makes its pairs within each batch only. ` +
        "To compare more samples with each other in the same memory, give a larger batch and chunkSize.",
    );
  }

  /** The {@link state} as bytes, as {@link stateToBytes} writes them. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return stateToBytes(await this.state());
  }

  /** Goes on from the bytes of {@link toBytes}. @throws as {@link load}, and RangeError when the bytes are damaged */
  async loadBytes(bytes: Uint8Array): Promise<void> {
    await this.load(stateFromBytes<TrainerState>(bytes));
  }

  #nextRows(): Int32Array {
    const { sampler } = this.#options;
    const { batchesDone } = this.#done;
    this.#batches ??= sampler.epoch();
    const next = this.#batches.next();
    if (next.done)
      throw new RangeError(
        `${sampler.name} ended its epoch after ${batchesDone} batches; its batchesPerEpoch is ${sampler.batchesPerEpoch}`,
      );
    if (batchesDone + 1 === sampler.batchesPerEpoch && this.#batches.next().done !== true)
      throw new RangeError(
        `${sampler.name} gave more batches in an epoch than its batchesPerEpoch, ${sampler.batchesPerEpoch}`,
      );
    return next.value;
  }

  #finishBatch(): void {
    this.#done.stepsDone++;
    if (++this.#done.batchesDone < this.#options.sampler.batchesPerEpoch) return;
    this.#batches = null;
    this.#done.batchesDone = 0;
    this.#done.epochsDone++;
  }

  #isEvaluationDue({ step, epoch }: StepEvent): boolean {
    const { evaluate, evaluateEvery } = this.#options;
    if (evaluate === null) return false;
    if (evaluateEvery.steps !== undefined) return step % evaluateEvery.steps === 0;
    return this.epochsDone === epoch && epoch % (evaluateEvery.epochs as number) === 0;
  }

  async #evaluateAndTell(): Promise<EvaluationEvent> {
    const { evaluate, model, average } = this.#options;
    const metrics = (await withWeights(model, average?.weights ?? null, () => evaluate?.(model))) ?? {};
    const event = { step: this.stepsDone, epoch: this.epochsDone, metrics };
    const faulty = Object.keys(metrics).find((name) => Number.isNaN(metrics[name]));
    if (faulty !== undefined)
      this.#faultyBatch = this.#lastBatch!.faulty(
        "metric",
        `${faulty} of the evaluation is NaN after step ${event.step}; the last batch is kept as faultyBatch: look at what evaluate computes`,
      );
    await this.#tell((hook) => hook.onEvaluation?.(event, this));
    return event;
  }

  async #tell(call: (hook: TrainingHook) => void | Promise<void>): Promise<void> {
    for (const hook of this.#options.hooks) await call(hook);
  }
}

/** What is said of one column. */
function alone(lesson: Lesson): ColumnsLesson {
  return { ...lesson, slopes: [lesson.evaluation.gradients.embeddings] };
}

function checkSpan(span: Span, name: string, atLeast: number): void {
  const { epochs, steps } = span;
  if ((epochs === undefined) === (steps === undefined))
    throw new TypeError(`${name} has epochs = ${describe(epochs)} and steps = ${describe(steps)}; give one of the two`);
  if (epochs !== undefined) checkNumber(epochs, `epochs of ${name}`, { atLeast, integer: true });
  if (steps !== undefined) checkNumber(steps, `steps of ${name}`, { atLeast, integer: true });
}
