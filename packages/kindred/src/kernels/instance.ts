import { KernelsError } from "./kernelsError.ts";
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
export interface Kernels {
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

/** Kernels and the memory that they work on. */
export interface KernelsInstance {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
}

export const PAGE_BYTES = 65536;
const FIRST_PAGES = 64;
/**
 * How far shared memory may grow, which must be said beforehand: 2 GB, as pointers are whole numbers of 31 bits; less where
 * so much is not to be had.
 */
const MOST_PAGES = [32768, 16384, 8192];

/** Kernels over memory of this thread alone. @throws KernelsError where there can be none */
export function ownInstance(): KernelsInstance {
  const module = compile(wasmBase64, "SIMD, which the kernels need");
  return instantiate(module, [{ initial: FIRST_PAGES }]);
}

/** Kernels over memory that threads can share. @throws KernelsError where there can be none */
export function sharedInstance(): KernelsInstance {
  const module = compile(sharedWasmBase64, "shared memory, which threads need");
  return instantiate(
    module,
    MOST_PAGES.map((maximum) => ({ initial: FIRST_PAGES, maximum, shared: true })),
  );
}

function compile(base64: string, what: string): WebAssembly.Module {
  if (typeof WebAssembly === "undefined")
    throw new KernelsError(
      "losses, distances and models compute with WebAssembly, which is switched off or missing here " +
        "(Node: without --jitless; browsers: not in lockdown mode)",
    );
  const bytes = decodeBase64(base64);
  if (!WebAssembly.validate(bytes))
    throw new KernelsError(`the WebAssembly here has no ${what}: take a newer browser or Node, or a newer processor`);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw cause instanceof RangeError ? noMemory(cause) : noRight(cause);
  }
}

/** Takes the first memory that can be had. */
function instantiate(
  module: WebAssembly.Module,
  [memory, ...others]: readonly WebAssembly.MemoryDescriptor[],
): KernelsInstance {
  try {
    const its = new WebAssembly.Memory(memory);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: its } });
    return { kernels: exports as unknown as Kernels, memory: its, module };
  } catch (cause) {
    if (others.length > 0) return instantiate(module, others);
    throw cause instanceof RangeError ? noMemory(cause) : noRight(cause);
  }
}

function noRight(cause: unknown): KernelsError {
  return new KernelsError(
    "WebAssembly must not be compiled here: losses, distances and models need it; " +
      "in a page the Content-Security-Policy must allow it, with script-src 'wasm-unsafe-eval'",
    { cause },
  );
}

function noMemory(cause: unknown): KernelsError {
  return new KernelsError(
    "no memory for the kernels: WebAssembly reserves 10 GB of addresses (not of memory), more than this process may have; " +
      "raise its limit (ulimit -v), or run Node with NODE_OPTIONS=--disable-wasm-trap-handler, which reserves only what is used",
    { cause },
  );
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = binary.charCodeAt(k);
  return bytes;
}
