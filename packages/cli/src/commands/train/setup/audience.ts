import type { Terminal } from "../../../terminal/terminal.ts";

/** Whom a training talks to, and what ends it early. */
export interface Audience {
  /** What is to be said of the data first. */
  readonly about: readonly string[];
  /** Is told how it goes; null: nobody. */
  readonly terminal: Terminal | null;
  /** Ends the work early; what was reached so far is kept. */
  readonly signal: AbortSignal;
}
