import type { Gemm } from "./instance.ts";

/** What another thread works with. */
export interface HandTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  /** Which of the other threads it is, from 0. */
  readonly index: number;
  readonly panels: number;
}

/**
 * Starts a thread. `onEnd` hears why it ended, should it end by itself.
 *
 * @returns what ends it
 * @throws Error saying why it cannot be started
 */
export type Hire = (task: HandTask, onEnd: (why: string) => void) => Dismiss;

/** Ends a thread. */
export type Dismiss = () => unknown;

// The control block: what was asked for last, then for every thread its last part done and the arguments of its part.
const ARGUMENTS = 13;
const SLOT = 1 + ARGUMENTS;
/** The part that is none: of 0 rows. */
export const NOTHING: Parameters<Gemm> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, false];

/** The control block of so many other threads. */
export function newControl(others: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (1 + SLOT * others)));
}

/** Where a thread says what it did last. */
export function doneSlot(index: number): number {
  return 1 + SLOT * index;
}

/** Where a thread finds the arguments of its part. */
export function argumentsSlot(index: number): number {
  return 2 + SLOT * index;
}

/**
 * What another thread does: wait until something is asked for, do its part, say so. It stands here as text, so that no file
 * must be found at run time, however the library was bundled.
 */
export const handSource = `
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
