import { count, timeLeft } from "./format.ts";
import { progressLine } from "./progressLine.ts";
import type { LiveLine, Terminal } from "./terminal.ts";

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
  const line = terminal.openLine();
  return line === null ? lineCounter(terminal, what, total, now) : barCounter(line, what, total, now);
}

function barCounter(line: LiveLine, what: string, total: number, now: () => number): Counter {
  const started = now();
  return {
    advance(done) {
      const seconds = (now() - started) / 1000;
      if (1000 * seconds < SOON_MS || done >= total) return;
      const fields = [`${count(done)}/${count(total)} ${what}`, timeLeft((seconds * (total - done)) / done)];
      line.show((width) => progressLine(done / total, fields, width));
    },
    close: () => line.erase(),
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
