import { Presets, SingleBar } from "cli-progress";
import { count } from "./format.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how far something is that takes long; what is soon done shows nothing. */
interface Counter {
  advance(done: number): void;
  close(): void;
}

/** What takes no longer is not worth a word. */
const SOON_MS = 2000;
/** Between two lines, where no bar can be drawn. */
const LINE_MS = 10_000;

/** A bar where somebody watches, a line now and then elsewhere. @param what is counted, such as "queries" */
export function openCounter(terminal: Terminal, what: string, total: number, now = () => performance.now()): Counter {
  return terminal.isInteractive ? barCounter(what, total, now) : lineCounter(terminal, what, total, now);
}

function barCounter(what: string, total: number, now: () => number): Counter {
  const started = now();
  let bar: SingleBar | null = null;
  return {
    advance(done) {
      if (bar === null && now() - started > SOON_MS && done < total) {
        const format = `  {bar} {value}/{total} ${what} | {eta_formatted} left`;
        bar = new SingleBar({ format, barsize: 24, hideCursor: true, clearOnComplete: true }, Presets.shades_classic);
        bar.start(total, done);
      }
      bar?.update(done);
    },
    close: () => bar?.stop(),
  };
}

function lineCounter(terminal: Terminal, what: string, total: number, now: () => number): Counter {
  let next = now() + SOON_MS;
  return {
    advance(done) {
      if (now() < next || done >= total) return;
      terminal.say(`  ${count(done)} of ${count(total)} ${what}`);
      next = now() + LINE_MS;
    },
    close() {},
  };
}
