import type {
  EpochEvent,
  EvaluationEvent,
  StepEvent,
  TrainingControl,
  TrainingHook,
  TrainingResult,
} from "../trainingHook.ts";
import { checkLogOptions, type LogOptions } from "./logOptions.ts";
import { stepFigures } from "./stepFigures.ts";

/**
 * A hook that tells a training as JSON lines, one an event: `start`, `step`, `epoch`, `evaluation`, `end`. Each has `event`, `step` (those
 * done since the training began) and `time` (ISO 8601); a step has `epoch`, `loss`, `liveShare`, `activeShare`, `status` and
 * `samplesPerSecond`, an epoch its `meanLoss` and `silentSteps`, an evaluation its `metrics`. What JSON has no number for is a word: "NaN",
 * "Infinity", "-Infinity". A training that is resumed starts once more, at the step that it goes on from: of lines of one step the
 * last ones count.
 *
 *     const lines: string[] = [];
 *     const log = new JsonLinesLog({ write: (line) => void lines.push(line) });
 *     const trainer = new Trainer({ model, loss, sampler, data, hooks: [log] });
 *
 * Each line that is written ends with its line break.
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 */
export class JsonLinesLog implements TrainingHook {
  readonly #options: Required<LogOptions<string>>;

  constructor(options: LogOptions<string>) {
    this.#options = checkLogOptions(options, "JsonLinesLog");
  }

  onStart({ stepsDone }: TrainingControl): void | Promise<void> {
    return this.tell("start", stepsDone, {});
  }

  onStep(event: StepEvent): void | Promise<void> {
    if (event.step % this.#options.every !== 0) return;
    const { epoch, report } = event;
    return this.tell("step", event.step, { epoch, ...stepFigures(event), status: report.status });
  }

  onEpochEnd({ step, epoch, meanLoss, silentSteps }: EpochEvent): void | Promise<void> {
    return this.tell("epoch", step, { epoch, meanLoss, silentSteps });
  }

  onEvaluation({ step, epoch, metrics }: EvaluationEvent): void | Promise<void> {
    return this.tell("evaluation", step, { epoch, metrics });
  }

  onEnd(result: TrainingResult, { stepsDone }: TrainingControl): void | Promise<void> {
    const { seconds, samplesPerSecond, silentSteps, stopReason, stopMessage } = result;
    return this.tell("end", stepsDone, { seconds, samplesPerSecond, silentSteps, stopReason, stopMessage });
  }

  /**
   * Writes a line of one's own among those of the training.
   *
   * @param event what has happened, in a word
   * @param step how many were done then
   * @param more what else the line says, by name
   */
  tell(event: string, step: number, more: object): void | Promise<void> {
    const line = { event, step, time: new Date().toISOString(), ...more };
    return this.#options.write(`${JSON.stringify(line, worded)}\n`);
  }
}

function worded(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
