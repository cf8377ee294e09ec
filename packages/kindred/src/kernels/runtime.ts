import { ownInstance, PAGE_BYTES, sharedInstance, type Gemm, type Kernels, type KernelsInstance } from "./instance.ts";
import { KernelsError } from "./kernelsError.ts";

/** What stands for the kernels as long as there are none. */
const asleep = { kernels: {}, memory: { buffer: new ArrayBuffer(0) } } as KernelsInstance;

/** The kernels. They work on the memory that {@link borrow} hands out, and are there once something was borrowed. */
export let kernels: Kernels = asleep.kernels;

let { memory } = asleep;
let view: Float32Array = new Float32Array(memory.buffer);
let isAwake = false;

/** Where borrowing begins. */
let bottom = 0;
let top = 0;
let borrowers = 0;

/**
 * Compiles the kernels, if that was not done yet. Nothing is compiled before the first use, so that what needs no kernels
 * works where there can be none.
 *
 * @throws KernelsError where there can be none
 */
export function wakeKernels(): void {
  if (!isAwake) moveTo(ownInstance(), 0);
}

/** Kernels that several threads can work with. */
export interface SharedKernels extends KernelsInstance {
  /** Where each of the other threads has its panels for matrix products. */
  readonly panels: readonly number[];
}

/** Kernels over memory that this thread and `others` can share. They are not in use yet. @throws KernelsError where there can be none */
export function sharedKernels(others: number): SharedKernels {
  const instance = sharedInstance();
  const base = instance.kernels.heapBase();
  const bytes = panelBytes(instance);
  const panels = Array.from({ length: others }, (_, k) => base + k * bytes);
  growTo(instance.memory, base + others * bytes);
  return { ...instance, panels };
}

/** Moves to shared kernels, with products done by another function: that of all threads together. No borrower may be at work. */
export function moveToShared(shared: SharedKernels, gemm: Gemm): void {
  moveTo({ ...shared, kernels: { ...shared.kernels, gemm } }, shared.panels.length * panelBytes(shared));
}

/** Lets go of the kernels and their memory; whoever borrows next gets new ones, of this thread alone. No borrower may be at work. */
export function leaveKernels(): void {
  ({ kernels, memory } = asleep);
  view = new Float32Array(memory.buffer);
  isAwake = false;
}

function moveTo(instance: KernelsInstance, reservedBytes: number): void {
  ({ kernels, memory } = instance);
  view = new Float32Array(memory.buffer);
  bottom = kernels.heapBase() + reservedBytes;
  top = bottom;
  isAwake = true;
}

function panelBytes({ kernels }: KernelsInstance): number {
  return (kernels.panelBytes() + 15) & ~15;
}

/** Memory of the kernels, handed out from one end and given back as a whole when the borrower returns. */
export interface Workspace {
  /** A pointer to `count` floats, aligned to 16 bytes, not cleared. @throws KernelsError when the memory cannot grow so far */
  floats(count: number): number;
}

const workspace: Workspace = {
  floats(count) {
    const pointer = top;
    const end = (pointer + count * 4 + 15) & ~15;
    if (end < pointer || count >= 2 ** 29)
      throw new KernelsError(
        `a working buffer of ${count} floats is more than WebAssembly's memory holds; use smaller batches`,
      );
    if (growTo(memory, end)) view = new Float32Array(memory.buffer);
    top = end;
    return pointer;
  },
};

/** Makes a memory hold so many bytes. @returns whether it grew */
function growTo(memory: WebAssembly.Memory, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return false;
  try {
    memory.grow(Math.ceil(missing / PAGE_BYTES));
  } catch (cause) {
    const megabytes = Math.ceil(bytes / 2 ** 20);
    throw new KernelsError(`the kernels need ${megabytes} MB, more than can be had here; use smaller batches`, {
      cause,
    });
  }
  return true;
}

/**
 * Runs `work` with a workspace; all that it borrowed is free again afterwards. Borrowers may nest.
 *
 * @throws KernelsError where there can be no kernels
 */
export function borrow<T>(work: (workspace: Workspace) => T): T {
  if (!isAwake) wakeKernels();
  const mark = top;
  borrowers++;
  try {
    return work(workspace);
  } finally {
    borrowers--;
    top = mark;
  }
}

/** How many borrowers are at work, one within the other: what is borrowed now lives as long as the innermost. */
export function borrowDepth(): number {
  return borrowers;
}

/**
 * All of the kernels' memory as floats: the float at pointer p is `heap()[p >> 2]`. The view dies when the memory grows:
 * take it after the last {@link Workspace.floats}.
 */
export function heap(): Float32Array {
  return view;
}

/** `count` floats at a pointer as a view. It dies when the memory grows: take it after the last {@link Workspace.floats}. */
export function floatsAt(pointer: number, count: number): Float32Array {
  return new Float32Array(memory.buffer, pointer, count);
}
