import { createColors } from "picocolors";

/** Where a command's words go. */
export interface Terminal {
  /** A line of progress or explanation. */
  say(line: string): void;
  /** The result itself, on standard output. */
  print(text: string): void;
  /** Why something cannot be done, on standard error. */
  complain(text: string): void;
  strong(text: string): string;
  /** Whether somebody watches: bars may be redrawn. */
  readonly isInteractive: boolean;
  /** Columns. */
  readonly width: number;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const isInteractive = process.stdout.isTTY;
  const colours = createColors(isInteractive && process.env.NO_COLOR === undefined);
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const complain = (text: string): void => void process.stderr.write(`${text}\n`);
  return { say: print, print, complain, strong: colours.bold, isInteractive, width: process.stdout.columns ?? 80 };
}
