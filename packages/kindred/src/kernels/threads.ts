import { checkNumber } from "../matrix/checks.ts";
import { divideProducts, shareKernels, unshareKernels, type Gemm, type SharedKernels } from "./runtime.ts";

/** Products of fewer multiplications are done by one thread: waking another takes as long. */
const LEAST_PRODUCTS = 2 ** 22;
/** More threads than this bring nothing: the parts become too small. */
const MOST_THREADS = 64;
/** Rows and columns of parts are whole multiples of this (5 and 8 are those of a tile), so that the tiles are the same. */
const PART = 40;
/** How often the end of a part is looked for before its thread is waited for. */
const SPINS = 20_000;
/** A thread that takes longer to start, in milliseconds or a little more, is not to be had. */
const MOST_WAIT_MS = 10_000;

/**
 * Lets matrix products, which take most of the time of large batches, be done by several threads. Values and slopes have the
 * same bits for any number of them. The threads sleep while there is nothing to do and do not keep a program running.
 *
 *     await setThreads(2);
 *
 * In Node any thread can ask for others. In browsers it takes a cross-origin isolated page, and a Worker: a page's main
 * thread must not wait.
 *
 * @param count how many, this one included, 1 to 64; 1: no others, as in the beginning
 * @returns how many there are now: 1 where others cannot be had
 * @throws TypeError, RangeError when count is no such number
 */
export async function setThreads(count: number): Promise<number> {
  checkNumber(count, "count", { atLeast: 1, atMost: MOST_THREADS, integer: true });
  const change = changing.then(() => changeTo(count));
  changing = change.catch(() => {});
  return change;
}

/** One change at a time. */
let changing: Promise<unknown> = Promise.resolve();

async function changeTo(count: number): Promise<number> {
  if (count === (crew?.size ?? 1)) return count;
  if (crew !== null) {
    unshareKernels();
    crew.dismiss();
    crew = null;
  }
  if (count === 1 || !canWait()) return 1;
  const hire = await hiring();
  if (hire === null) return 1;
  const shared = shareKernels(count);
  const hired = new Crew(shared, hire);
  if (!(await hired.isReady())) {
    hired.dismiss();
    return 1;
  }
  divideProducts(hired.gemm);
  crew = hired;
  return count;
}

/** How many threads work on matrix products, this one included. */
export function threadCount(): number {
  return crew?.size ?? 1;
}

let crew: Crew | null = null;

/** A thread that can be ended. */
interface Hand {
  terminate(): unknown;
}

/** Starts a thread with what it is told. */
type Hire = (task: HandTask) => Hand;

interface HandTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  /** Which of the other threads it is, from 0. */
  readonly index: number;
  readonly panels: number;
}

// The control block: what was asked for last, then for every thread its last part done and the arguments of its part.
const ARGUMENTS = 13;
const SLOT = 1 + ARGUMENTS;
/** The part that is none. */
const NOTHING: Parameters<Gemm> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false];

/**
 * What another thread does: wait until something is asked for, do its part, say so. It stands here as text, so that no file
 * must be found at run time. A part of 0 rows is none.
 */
const handSource = `
function work({ module, memory, control, index, panels }) {
  const { gemm, movePanels } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  movePanels(panels);
  const slot = 1 + ${SLOT} * index;
  for (let done = 0; ; ) {
    Atomics.wait(control, 0, done);
    const asked = Atomics.load(control, 0);
    if (asked === done) continue;
    done = asked;
    if (control[slot + 1] > 0) gemm(...control.subarray(slot + 1, slot + 1 + ${ARGUMENTS}));
    Atomics.store(control, slot, done);
    Atomics.notify(control, slot);
  }
}`;

/** Divides matrix products among this thread and others. */
class Crew {
  readonly size: number;
  readonly #gemm: Gemm;
  readonly #hands: readonly Hand[];
  readonly #control: Int32Array;
  #asked = 0;

  constructor({ gemm, module, memory, panels }: SharedKernels, hire: Hire) {
    this.size = panels.length + 1;
    this.#gemm = gemm;
    this.#control = new Int32Array(new SharedArrayBuffer(4 * (1 + SLOT * panels.length)));
    this.#hands = panels.map((own, index) => hire({ module, memory, control: this.#control, index, panels: own }));
  }

  readonly gemm: Gemm = (m, n, k, a, ars, acs, b, brs, bcs, c, crs, accumulate, upperOnly) => {
    if ((m * n * k) / (upperOnly ? 2 : 1) < LEAST_PRODUCTS) {
      this.#gemm(m, n, k, a, ars, acs, b, brs, bcs, c, crs, accumulate, upperOnly);
      return;
    }
    const byRows = upperOnly || m >= n;
    const bounds = partBounds(byRows ? m : n, this.size, upperOnly);
    const parts = bounds.slice(1).map((end, t): Parameters<Gemm> => {
      const start = bounds[t];
      // what lies left of the diagonal is left out of a part of the upper half
      const [i, j] = [byRows ? start : 0, byRows && !upperOnly ? 0 : start];
      const [rows, cols] = [byRows ? end - start : m, byRows ? n - j : end - start];
      const target = c + 4 * (i * crs + j);
      if (end === start) return NOTHING;
      return [rows, cols, k, a + 4 * i * ars, ars, acs, b + 4 * j * bcs, brs, bcs, target, crs, accumulate, upperOnly];
    });
    this.#ask(parts.slice(1));
    if (parts[0][0] > 0) this.#gemm(...parts[0]);
    this.#waitForAll();
  };

  /** Asks for nothing, and looks whether all threads have seen it before too long. */
  async isReady(): Promise<boolean> {
    this.#ask(this.#hands.map(() => NOTHING));
    for (let waited = 0; waited < MOST_WAIT_MS; waited++) {
      if (this.#hands.every((_, index) => Atomics.load(this.#control, 1 + SLOT * index) === this.#asked)) return true;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return false;
  }

  dismiss(): void {
    for (const hand of this.#hands) hand.terminate();
  }

  #ask(parts: readonly Parameters<Gemm>[]): void {
    const control = this.#control;
    parts.forEach((part, index) => control.set(part.map(Number), 2 + SLOT * index));
    this.#asked = (this.#asked + 1) | 0;
    Atomics.store(control, 0, this.#asked);
    Atomics.notify(control, 0);
  }

  #waitForAll(): void {
    const control = this.#control;
    for (let index = 0; index < this.#hands.length; index++) {
      const slot = 1 + SLOT * index;
      for (let spin = 0; spin < SPINS && Atomics.load(control, slot) !== this.#asked; spin++);
      for (;;) {
        const done = Atomics.load(control, slot);
        if (done === this.#asked) break;
        Atomics.wait(control, slot, done);
      }
    }
  }
}

/** Where parts begin, and the end: parts of equal work, of a triangle's rows the first are the longest. */
function partBounds(length: number, parts: number, isTriangle: boolean): number[] {
  return Array.from({ length: parts + 1 }, (_, t) => {
    const share = isTriangle ? 1 - Math.sqrt(1 - t / parts) : t / parts;
    return t === parts ? length : Math.min(length, PART * Math.round((share * length) / PART));
  });
}

/** Whether this thread may wait for others: a page's main thread may not. */
function canWait(): boolean {
  if (typeof SharedArrayBuffer === "undefined") return false;
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** How threads are started here; null: they cannot be. */
async function hiring(): Promise<Hire | null> {
  if (isNode()) {
    // not a literal, so that bundlers for browsers do not look for it
    const name = "node:worker_threads";
    const { Worker: Thread } = (await import(/* @vite-ignore */ name)) as NodeThreads;
    return (task) => {
      const source = `${handSource}\nwork(require("node:worker_threads").workerData);`;
      const thread = new Thread(source, { eval: true, workerData: task });
      thread.unref();
      return thread;
    };
  }
  if (typeof Worker === "undefined" || globalThis.crossOriginIsolated !== true) return null;
  return (task) => {
    const source = `${handSource}\nonmessage = ({ data }) => work(data);`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const thread = new Worker(address);
    thread.postMessage(task);
    return thread;
  };
}

/** What is used of Node's module, whose types are not there in browsers. */
interface NodeThreads {
  readonly Worker: new (source: string, options: { eval: true; workerData: HandTask }) => Hand & { unref(): void };
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}
