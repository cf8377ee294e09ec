/** What ends a program in order: Ctrl-C, `kill` and whoever stops a container, a terminal that is closed. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Ending = keyof typeof statuses;

/** The program was ended before there was anything to judge. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: Ending;
  readonly status: number;

  /** @param reached how far it was and what is left, such as "after 3 steps; nothing was written" */
  constructor(signal: Ending, reached = "before the first step; nothing was written") {
    super(`stopped by ${signal} ${reached}`);
    this.signal = signal;
    this.status = statuses[signal];
  }
}

/**
 * Runs work that Ctrl-C, SIGTERM and SIGHUP end early but in order: the first of them aborts the signal, whose reason is
 * {@link Interrupted}, so that what was reached can be kept. The next one ends the program at once, as if none had been waited for.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = Object.keys(statuses) as Ending[];
  const ignore = (): void => {
    for (const name of names) process.off(name, end);
  };
  const end = (name: Ending): void => {
    ignore();
    controller.abort(new Interrupted(name));
  };
  for (const name of names) process.on(name, end);
  try {
    return await work(controller.signal);
  } finally {
    ignore();
  }
}

/** Ends work that has nothing to keep yet, when a signal came while it waited for nothing. @throws Interrupted */
export async function endIfInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise((turn) => setImmediate(turn));
  signal.throwIfAborted();
}
