import type { SearchProgress } from "kindred";
import { count, duration, plural } from "../../../terminal/format.ts";
import { progressLine } from "../../../terminal/progressLine.ts";
import type { LiveLine, Terminal } from "../../../terminal/terminal.ts";

/** Shows how far a search is. */
interface SearchDisplay {
  show(progress: SearchProgress): void;
  end(): void;
}

/** How often the line moves while one head is trained, and how often a line tells of it where none can be drawn. */
const REDRAW_MS = 250;
const LINE_EVERY_SECONDS = 10;

const doing: Readonly<Record<SearchProgress["phase"], string>> = {
  "closed forms": "trying",
  contest: "training",
  refit: "training once more",
  judging: "judging",
};

/** A bar of the time where somebody watches, lines now and then elsewhere. @param budgetSeconds null: a plan, which takes what it takes */
export function openSearchDisplay(terminal: Terminal | null, budgetSeconds: number | null): SearchDisplay {
  const line = terminal?.openLine() ?? null;
  if (line !== null) return new BarDisplay(line, budgetSeconds);
  return terminal === null ? { show: () => {}, end: () => {} } : new LineDisplay(terminal);
}

class BarDisplay implements SearchDisplay {
  readonly #line: LiveLine;
  readonly #budgetSeconds: number | null;
  readonly #began = performance.now();
  readonly #timer = setInterval(() => this.#draw(), REDRAW_MS);
  #last: SearchProgress | null = null;

  constructor(line: LiveLine, budgetSeconds: number | null) {
    this.#line = line;
    this.#budgetSeconds = budgetSeconds;
  }

  show(progress: SearchProgress): void {
    this.#last = progress;
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#line.erase();
  }

  #draw(): void {
    if (this.#last === null) return;
    const { phase, candidate, steps } = this.#last;
    const seconds = (performance.now() - this.#began) / 1000;
    const budget = this.#budgetSeconds;
    const time = budget === null ? duration(seconds) : `${Math.floor(seconds)} of ${duration(budget)}`;
    const share = budget === null ? 0 : Math.min(1, seconds / budget);
    const fields = [time, `${doing[phase]} ${candidate}`, plural(steps, "step")];
    this.#line.show((width) => progressLine(share, fields, width));
  }
}

class LineDisplay implements SearchDisplay {
  readonly #terminal: Terminal;
  #phase: SearchProgress["phase"] | null = null;
  #toldAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show({ phase, candidate, steps, seconds }: SearchProgress): void {
    if (phase === this.#phase && seconds - this.#toldAt < LINE_EVERY_SECONDS) return;
    this.#phase = phase;
    this.#toldAt = seconds;
    this.#terminal.say(`  ${duration(seconds)}: ${doing[phase]} ${candidate}; ${count(steps)} steps so far`);
  }

  end(): void {}
}
