import { handSource, type Hire, type HandTask } from "./hands.ts";

/** Addresses that a thread of Node reserves as it starts, at most. Where they are not to be had the whole process ends at once. */
const THREAD_BYTES = 2 ** 30;

/** How threads are started in Node, and in what is like it; null elsewhere. */
export function hiringInNode(): Hire | null {
  const { process } = globalThis as { process?: Process };
  // not imported: bundlers leave no such import whole
  const workers = process?.getBuiltinModule?.("node:worker_threads");
  if (workers === undefined) return null;
  const files = process?.getBuiltinModule?.("node:fs");
  let most: number | null = null;
  return (task, onEnd) => {
    // before the first one: later ones are at work taking theirs
    most ??= mostThreads(files);
    if (task.index >= most)
      throw new Error("too few addresses are left for another thread: raise the limit of the process (ulimit -v)");
    const source = `${handSource}\nwork(process.getBuiltinModule("node:worker_threads").workerData);`;
    const thread = startThread(
      () => new workers.Worker(source, { eval: true, workerData: task, execArgv: [], env: {} }),
    );
    thread.on("error", ({ message }) => onEnd(`a thread ended by itself: ${message}`));
    thread.on("exit", (status) => onEnd(`a thread ended by itself, with status ${status}`));
    thread.unref();
    return () => thread.terminate();
  };
}

function startThread(start: () => Thread): Thread {
  try {
    return start();
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    const why =
      code === "ERR_ACCESS_DENIED"
        ? "Node's permission model refuses threads: start it with --allow-worker"
        : `no thread can be started here: ${message}`;
    throw new Error(why, { cause });
  }
}

/** For how many threads there are addresses, as far as that is told (by Linux). */
function mostThreads(files: Files | undefined): number {
  try {
    const limit = /^Max address space +(\d+)/m.exec(files!.readFileSync("/proc/self/limits", "utf8"));
    const taken = /^VmSize:\s+(\d+) kB/m.exec(files!.readFileSync("/proc/self/status", "utf8"));
    return limit && taken ? Math.floor((+limit[1] - 1024 * +taken[1]) / THREAD_BYTES) : Infinity;
  } catch {
    return Infinity;
  }
}

// What is used of Node, whose types are not there in browsers.

interface Process {
  getBuiltinModule?(name: "node:worker_threads"): Workers | undefined;
  getBuiltinModule?(name: "node:fs"): Files | undefined;
}

interface Workers {
  readonly Worker: new (source: string, options: ThreadOptions) => Thread;
}

interface ThreadOptions {
  readonly eval: true;
  readonly workerData: HandTask;
  /** None of the program's: what they load is of no use here. */
  readonly execArgv: [];
  readonly env: object;
}

interface Thread {
  on(event: "error", listener: (error: { message: string }) => void): void;
  on(event: "exit", listener: (status: number) => void): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface Files {
  readFileSync(path: string, encoding: "utf8"): string;
}
