import { checkNumber, describe } from "../matrix/checks.ts";
import { keptCount, keptNumber, keptValue } from "../state/entries.ts";
import type { Loading } from "../state/loading.ts";
import type { State, StateValue } from "../state/state.ts";
import { prepareState, saveState, type StateRecord } from "../state/stateRecord.ts";
import { HistoryRecorder } from "./history.ts";
import type {
  EvaluationEvent,
  Metrics,
  StepEvent,
  TrainingControl,
  TrainingHook,
  TrainingResult,
} from "./trainingHook.ts";

/**
 * A hook that keeps what a training comes to over all its runs. It is part of the Trainer's state, so that a training that is resumed
 * ends with its whole history:
 *
 *     const bytes = await trainer.toBytes();
 *     // later, with a Trainer of the same parts and a new record in the same place among its hooks
 *     await trainer.loadBytes(bytes);
 *     const result = record.whole(await trainer.train({ steps: 1000 - trainer.stepsDone }));
 */
export class RunRecord implements TrainingHook {
  readonly #recorder = new HistoryRecorder();
  #evaluations: EvaluationEvent[] = [];
  #epochs = 0;
  /** Of the runs that have ended. */
  #seconds = 0;
  #samples = 0;
  #stepSeconds = 0;
  /** Of the run under way. */
  #began: number | null = null;
  #samplesNow = 0;
  #samplesPerSecond = 0;

  onStart(): void {
    this.#began = performance.now();
    [this.#samplesNow, this.#samplesPerSecond] = [0, 0];
  }

  onStep(event: StepEvent, control: TrainingControl): void {
    const { epoch, value, report, liveShare, losses, rows, samplesPerSecond } = event;
    this.#recorder.add(value, report, liveShare, losses);
    this.#samplesNow += rows.length;
    this.#samplesPerSecond = samplesPerSecond;
    if (control.epochsDone === epoch) this.#epochs++;
  }

  onEvaluation(event: EvaluationEvent): void {
    this.#evaluations.push(event);
  }

  onEnd(): void {
    [this.#seconds, this.#samples, this.#stepSeconds] = this.#times;
    this.#began = null;
    [this.#samplesNow, this.#samplesPerSecond] = [0, 0];
  }

  /** The result of a training's last run with the steps, epochs, history, evaluations and times of all its runs. */
  whole(last: TrainingResult): TrainingResult {
    const [seconds, samples, stepSeconds] = this.#times;
    return {
      ...last,
      steps: this.#recorder.steps,
      epochs: this.#epochs,
      silentSteps: this.#recorder.silentSteps,
      history: this.#recorder.history(),
      evaluations: [...this.#evaluations],
      seconds,
      samplesPerSecond: stepSeconds === 0 ? 0 : samples / stepSeconds,
    };
  }

  state(): State {
    return saveState("RunRecord", this.#record);
  }

  load(state: State): void {
    this.prepareLoad(state).take();
  }

  /** @throws TypeError, RangeError when it is no state of a record */
  prepareLoad(state: State): Loading {
    return prepareState("RunRecord", this.#record, state);
  }

  /** Seconds, samples, and seconds of steps alone, the run under way included. */
  get #times(): [seconds: number, samples: number, stepSeconds: number] {
    const now = this.#began === null ? 0 : (performance.now() - this.#began) / 1000;
    const stepsNow = this.#samplesPerSecond === 0 ? 0 : this.#samplesNow / this.#samplesPerSecond;
    return [this.#seconds + now, this.#samples + this.#samplesNow, this.#stepSeconds + stepsNow];
  }

  get #record(): StateRecord {
    const time = { atLeast: 0 };
    return {
      history: this.#recorder.keptFor("RunRecord"),
      evaluations: keptValue<StateValue>(
        {
          get: () => this.#evaluations.map(({ step, epoch, metrics }) => ({ step, epoch, metrics: { ...metrics } })),
          set: (evaluations) => (this.#evaluations = evaluations as unknown as EvaluationEvent[]),
        },
        (given, name) => checkEvaluations(given, name) as unknown as StateValue,
      ),
      epochs: keptCount({ get: () => this.#epochs, set: (epochs) => (this.#epochs = epochs) }),
      seconds: keptNumber({ get: () => this.#times[0], set: (seconds) => (this.#seconds = seconds) }, time),
      samples: keptCount({ get: () => this.#times[1], set: (samples) => (this.#samples = samples) }),
      stepSeconds: keptNumber({ get: () => this.#times[2], set: (seconds) => (this.#stepSeconds = seconds) }, time),
    };
  }
}

function checkEvaluations(given: unknown, name: string): EvaluationEvent[] {
  if (!Array.isArray(given)) throw new TypeError(`${name} is ${describe(given)}; a list of evaluations is needed`);
  return Array.from(given, (each: unknown, k) => {
    const { step, epoch, metrics } = (each ?? {}) as Partial<EvaluationEvent>;
    const count = (value: unknown, which: string): number =>
      checkNumber(value, `${name}[${k}].${which}`, { atLeast: 0, integer: true });
    return {
      step: count(step, "step"),
      epoch: count(epoch, "epoch"),
      metrics: checkMetrics(metrics, `${name}[${k}].metrics`),
    };
  });
}

/** NaN is a figure, too. */
function checkMetrics(given: unknown, name: string): Metrics {
  const figures = typeof given === "object" && given !== null ? Object.entries(given) : null;
  if (figures === null || figures.some(([, figure]) => typeof figure !== "number"))
    throw new TypeError(`${name} is ${describe(given)}; numbers by name are needed`);
  return Object.fromEntries(figures);
}
