import type { StepEvent, TrainingControl, TrainingHook } from "kindred";
import { count, decimal, duration, percent, timeLeft } from "./format.ts";
import { progressLine } from "./progressLine.ts";
import type { LiveLine, Terminal } from "./terminal.ts";

/** How a training stands after a step. */
type Standing = Pick<StepEvent, "step" | "value" | "liveShare" | "samplesPerSecond">;

/** Shows how far a training is; a {@link TrainingHook}. */
interface Progress extends TrainingHook {
  onStart(before: Pick<TrainingControl, "stepsDone">): void;
  onStep(standing: Standing): void;
  onEnd(): void;
}

/** How many lines tell of a whole training where no bar can be drawn. */
const LINES = 10;

/** A bar where somebody watches, lines now and then elsewhere. @param total steps */
export function openProgress(terminal: Terminal, total: number): Progress {
  const line = terminal.openLine();
  return line === null ? new LineProgress(terminal, total) : new BarProgress(line, total);
}

class BarProgress implements Progress {
  readonly #line: LiveLine;
  readonly #total: number;
  #started = 0;
  /** Steps of an earlier run. */
  #before = 0;
  #mean = NaN;
  #last: Standing | null = null;

  constructor(line: LiveLine, total: number) {
    this.#line = line;
    this.#total = total;
  }

  onStart({ stepsDone }: Pick<TrainingControl, "stepsDone">): void {
    this.#started = performance.now();
    this.#before = stepsDone;
    this.#show(stepsDone, []);
  }

  onStep({ step, value, liveShare, samplesPerSecond }: Standing): void {
    this.#mean = Number.isNaN(this.#mean) ? value : 0.9 * this.#mean + 0.1 * value;
    this.#last = { step, value, liveShare, samplesPerSecond };
    this.#tell(this.#last, timeLeft((this.#seconds * (this.#total - step)) / (step - this.#before)));
  }

  onEnd(): void {
    if (this.#last !== null) this.#tell(this.#last, duration(this.#seconds));
    this.#line.keep();
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #tell({ step, liveShare, samplesPerSecond }: Standing, time: string): void {
    const live = `live anchors ${percent(liveShare)}`;
    this.#show(step, [time, `loss ${decimal(this.#mean)}`, live, `${count(samplesPerSecond)} samples/s`]);
  }

  #show(step: number, fields: readonly string[]): void {
    const steps = `${count(step)}/${count(this.#total)} steps`;
    this.#line.show((width) => progressLine(step / this.#total, [steps, ...fields], width));
  }
}

class LineProgress implements Progress {
  readonly #terminal: Terminal;
  readonly #total: number;
  readonly #every: number;
  #standings: Standing[] = [];

  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal;
    this.#total = total;
    this.#every = Math.max(1, Math.ceil(total / LINES));
  }

  onStart(): void {}

  onStep({ step, value, liveShare, samplesPerSecond }: Standing): void {
    // an event holds its whole batch: only its figures are kept
    this.#standings.push({ step, value, liveShare, samplesPerSecond });
    if (step % this.#every !== 0 && step !== this.#total) return;
    const mean = (of: (standing: Standing) => number): number =>
      this.#standings.reduce((sum, each) => sum + of(each), 0) / this.#standings.length;
    const loss = mean((each) => each.value).toFixed(3);
    const live = percent(mean((each) => each.liveShare));
    this.#standings = [];
    this.#terminal.say(
      `  step ${step}/${this.#total}: loss ${loss}, live anchors ${live}, ${count(samplesPerSecond)} samples/s`,
    );
  }

  onEnd(): void {}
}
