import { Presets, SingleBar } from "cli-progress";
import { count, percent } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** How a training stands. */
export interface Standing {
  readonly loss: number;
  /** Share of the batch's anchors that the loss could learn from. */
  readonly liveShare: number;
  readonly samplesPerSecond: number;
}

/** Shows how far a training is. */
export interface Progress {
  advance(step: number, standing: Standing): void;
  close(): void;
}

/** How many lines tell of a whole training where no bar can be drawn. */
const LINES = 10;

/** A bar where somebody watches, lines now and then elsewhere. */
export function openProgress(terminal: Terminal, total: number): Progress {
  return terminal.isInteractive ? new BarProgress(total) : new LineProgress(terminal, total);
}

class BarProgress implements Progress {
  readonly #bar: SingleBar;
  #mean = NaN;

  constructor(total: number) {
    const format =
      "  {bar} {value}/{total} steps | loss {loss} | live anchors {live} | {speed} samples/s | {eta_formatted} left";
    this.#bar = new SingleBar(
      { format, barsize: 24, hideCursor: true, clearOnComplete: false },
      Presets.shades_classic,
    );
    this.#bar.start(total, 0, { loss: "-", live: "-", speed: "-" });
  }

  advance(step: number, { loss, liveShare, samplesPerSecond }: Standing): void {
    this.#mean = Number.isNaN(this.#mean) ? loss : 0.9 * this.#mean + 0.1 * loss;
    this.#bar.update(step, { loss: this.#mean.toFixed(3), live: percent(liveShare), speed: count(samplesPerSecond) });
  }

  close(): void {
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

  advance(step: number, standing: Standing): void {
    this.#standings.push(standing);
    if (step % this.#every !== 0 && step !== this.#total) return;
    const mean = (of: (standing: Standing) => number): number =>
      this.#standings.reduce((sum, each) => sum + of(each), 0) / this.#standings.length;
    const loss = mean((each) => each.loss).toFixed(3);
    const live = percent(mean((each) => each.liveShare));
    this.#standings = [];
    this.#terminal.say(
      `  step ${step}/${this.#total}: loss ${loss}, live anchors ${live}, ${count(standing.samplesPerSecond)} samples/s`,
    );
  }

  close(): void {}
}
