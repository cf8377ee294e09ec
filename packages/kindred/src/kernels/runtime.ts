import { sharedWasmBase64, wasmBase64 } from "./wasm.generated.ts";

/** A matrix product; see assembly/gemm.ts. */
export type Gemm = (
  m: number,
  n: number,
  k: number,
  a: number,
  aRowStride: number,
  aColStride: number,
  b: number,
  bRowStride: number,
  bColStride: number,
  c: number,
  cRowStride: number,
  accumulate: boolean,
  upperOnly: boolean,
) => void;

/** The compiled kernels; their meaning stands in assembly/. Pointers are in bytes, counts and strides in floats. */
interface Kernels {
  heapBase(): number;
  panelBytes(): number;
  gemm: Gemm;
  mirror(n: number, c: number, stride: number): void;
  addTranspose(n: number, c: number, stride: number): void;
  maximum(p: number, count: number): number;
  minimum(p: number, count: number): number;
  sum(p: number, count: number): number;
  dot(x: number, y: number, count: number): number;
  expInPlace(p: number, count: number, scale: number, shift: number): number;
  affine(p: number, count: number, factor: number, offset: number): void;
  addScaled(y: number, x: number, count: number, factor: number): void;
  squaredDistance(x: number, y: number, count: number): number;
  absoluteDistance(x: number, y: number, count: number): number;
  squaredFromProducts(
    p: number,
    norms: number,
    count: number,
    norm: number,
    closeness: number,
    x: number,
    ys: number,
    d: number,
  ): void;
  pullClosePairs(
    v: number,
    values: number,
    isSquared: boolean,
    norms: number,
    count: number,
    norm: number,
    closeness: number,
    x: number,
    ys: number,
    d: number,
    gx: number,
    gys: number,
  ): void;
  squareRoot(p: number, count: number): void;
  divideBy(w: number, x: number, count: number, factor: number): void;
  hinge(p: number, count: number, sign: number, margin: number): void;
  countAbove(p: number, count: number, threshold: number): number;
  step(p: number, count: number, threshold: number, value: number): void;
  exceeding(p: number, thresholds: number, count: number, threshold: number, out: number): number;
}

const PAGE_BYTES = 65536;
const FIRST_PAGES = 64;
/** 2 GB: pointers are whole numbers of 31 bits. Shared memory must say how far it may grow. */
const MOST_PAGES = 32768;

let memory = new WebAssembly.Memory({ initial: FIRST_PAGES });
let view: Float32Array = new Float32Array(memory.buffer);

/** The kernels. They work on the memory that {@link borrow} hands out. */
export let kernels = instantiate(compile(wasmBase64), memory);

/** Where borrowing begins. */
let bottom = kernels.heapBase();
let top = bottom;
let borrowers = 0;

/** Kernels that other threads can work with too. */
export interface SharedKernels {
  /** The matrix product of this thread. */
  readonly gemm: Gemm;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where each of the other threads has its panels for matrix products. */
  readonly panels: readonly number[];
}

/** Moves the kernels to memory that `threads` threads can share. No borrower may be at work. */
export function shareKernels(threads: number): SharedKernels {
  const module = compile(sharedWasmBase64);
  const shared = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared: true });
  moveTo(instantiate(module, shared), shared);
  const bytes = (kernels.panelBytes() + 15) & ~15;
  const panels = Array.from({ length: threads - 1 }, (_, k) => bottom + k * bytes);
  bottom += panels.length * bytes;
  top = bottom;
  grow();
  return { gemm: kernels.gemm, module, memory, panels };
}

/** Has matrix products done by another function: that of all threads together. */
export function divideProducts(gemm: Gemm): void {
  kernels = { ...kernels, gemm };
}

/** Moves the kernels back to memory of this thread alone. */
export function unshareKernels(): void {
  const own = new WebAssembly.Memory({ initial: FIRST_PAGES });
  moveTo(instantiate(compile(wasmBase64), own), own);
}

function moveTo(next: Kernels, itsMemory: WebAssembly.Memory): void {
  kernels = next;
  memory = itsMemory;
  view = new Float32Array(memory.buffer);
  bottom = kernels.heapBase();
  top = bottom;
}

/** Memory of the kernels, handed out from one end and given back as a whole when the borrower returns. */
export interface Workspace {
  /** A pointer to `count` floats, aligned to 16 bytes, not cleared. @throws RangeError when the memory cannot grow so far */
  floats(count: number): number;
}

const workspace: Workspace = {
  floats(count) {
    const pointer = top;
    top = (top + count * 4 + 15) & ~15;
    if (top < pointer || count >= 2 ** 29) {
      top = pointer;
      throw new RangeError(
        `a working buffer of ${count} floats is more than WebAssembly's memory holds; use smaller batches`,
      );
    }
    grow();
    return pointer;
  },
};

function grow(): void {
  const missing = top - memory.buffer.byteLength;
  if (missing <= 0) return;
  memory.grow(Math.ceil(missing / PAGE_BYTES));
  view = new Float32Array(memory.buffer);
}

/** Runs `work` with a workspace; all that it borrowed is free again afterwards. Borrowers may nest. */
export function borrow<T>(work: (workspace: Workspace) => T): T {
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

function compile(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(decodeBase64(base64));
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = binary.charCodeAt(k);
  return bytes;
}
