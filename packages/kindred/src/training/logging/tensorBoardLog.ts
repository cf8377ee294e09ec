import type { EpochEvent, EvaluationEvent, StepEvent, TrainingControl, TrainingHook } from "../trainingHook.ts";
import { checkLogOptions, type LogOptions } from "./logOptions.ts";
import { ProtoMessage } from "./protoMessage.ts";
import { stepFigures } from "./stepFigures.ts";
import { tfRecord } from "./tfRecord.ts";

/** Field numbers of tensorflow.Event, and of the messages within. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const summary = { value: 1 };
const summaryValue = { tag: 1, simpleValue: 2 };
const sessionLog = { status: 1 };
const SESSION_START = 1;
const FILE_VERSION = "brain.Event:2";

/**
 * A hook that writes what TensorBoard shows: an event file with scalars `train/loss`, `train/liveShare`, `train/activeShare`, `train/samplesPerSecond`,
 * `epoch/meanLoss`, `epoch/silentSteps`, and `evaluation/` with the name of each figure. Scalars are float32, as TensorBoard keeps them.
 *
 *     const file = openSync("logs/events.out.tfevents.1", "w");
 *     const log = new TensorBoardLog({ write: (bytes) => void writeSync(file, bytes) });
 *     const trainer = new Trainer({ model, loss, sampler, data, hooks: [log] });
 *
 * What is written, one behind the other, is the file; TensorBoard wants `tfevents` in its name. A training that is resumed writes a file of
 * its own beside the first, which says from what step on it takes the first one's place.
 *
 * Figures of one's own are written without a Trainer, too: `await log.onStart({ stepsDone: 0 })`, then `await log.onEvaluation({ step, metrics })`.
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto
 */
export class TensorBoardLog implements TrainingHook {
  readonly #options: Required<LogOptions<Uint8Array<ArrayBuffer>>>;
  #hasBegun = false;

  constructor(options: LogOptions<Uint8Array<ArrayBuffer>>) {
    this.#options = checkLogOptions(options, "TensorBoardLog");
  }

  async onStart({ stepsDone }: Pick<TrainingControl, "stepsDone">): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    await this.#write(newEvent(0).words(event.fileVersion, FILE_VERSION));
    const start = new ProtoMessage().count(sessionLog.status, SESSION_START);
    if (stepsDone > 0) await this.#write(newEvent(stepsDone + 1).message(event.sessionLog, start));
  }

  onStep(told: StepEvent): void | Promise<void> {
    if (told.step % this.#options.every === 0) return this.#scalars(told.step, "train", { ...stepFigures(told) });
  }

  onEpochEnd({ step, meanLoss, silentSteps }: EpochEvent): void | Promise<void> {
    return this.#scalars(step, "epoch", { meanLoss, silentSteps });
  }

  onEvaluation({ step, metrics }: Pick<EvaluationEvent, "step" | "metrics">): void | Promise<void> {
    return this.#scalars(step, "evaluation", metrics);
  }

  #scalars(step: number, group: string, figures: Readonly<Record<string, number>>): void | Promise<void> {
    const values = new ProtoMessage();
    for (const [name, figure] of Object.entries(figures)) {
      const value = new ProtoMessage().words(summaryValue.tag, `${group}/${name}`);
      values.message(summary.value, value.float(summaryValue.simpleValue, figure));
    }
    return this.#write(newEvent(step).message(event.summary, values));
  }

  #write(message: ProtoMessage): void | Promise<void> {
    return this.#options.write(tfRecord(message.bytes()));
  }
}

function newEvent(step: number): ProtoMessage {
  return new ProtoMessage().double(event.wallTime, Date.now() / 1000).count(event.step, step);
}
