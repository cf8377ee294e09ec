import { Presets, SingleBar } from "cli-progress";
import type { StepEvent, TrainingHook } from "kindred";
import { count, percent } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** How a training stands after a step. */
type Standing = Pick<StepEvent, "step" | "value" | "liveShare" | "samplesPerSecond">;

/** Shows how far a training is; a {@link TrainingHook}. */
interface Progress extends TrainingHook {
  onStart(): void;
  onStep(standing: Standing): void;
  onEnd(): void;
}

/** How many lines tell of a whole training where no bar can be drawn. */
const LINES = 10;

/** A bar where somebody watches, lines now and then elsewhere. @param total steps */
export function openProgress(terminal: Terminal, total: number): Progress {
  return terminal.isInteractive ? new BarProgress(total) : new LineProgress(terminal, total);
}

class BarProgress implements Progress {
  readonly #bar: SingleBar;
  readonly #total: number;
  #mean = NaN;

  constructor(total: number) {
    const format =
      "  {bar} {value}/{total} steps | loss {loss} | live anchors {live} | {speed} samples/s | {eta_formatted} left";
    this.#bar = new SingleBar(
      { format, barsize: 24, hideCursor: true, clearOnComplete: false },
      Presets.shades_classic,
    );
    this.#total = total;
  }

  onStart(): void {
    this.#bar.start(this.#total, 0, { loss: "-", live: "-", speed: "-" });
  }

  onStep({ step, value, liveShare, samplesPerSecond }: Standing): void {
    this.#mean = Number.isNaN(this.#mean) ? value : 0.9 * this.#mean + 0.1 * value;
    this.#bar.update(step, { loss: this.#mean.toFixed(3), live: percent(liveShare), speed: count(samplesPerSecond) });
  }

  onEnd(): void {
    this.#bar.stop();
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
