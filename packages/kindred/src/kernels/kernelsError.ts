/**
 * The surroundings do not give what the kernels need: WebAssembly with SIMD, the right to compile it, memory. The message
 * says which, and what to do. What needs no kernels (advice, forecasts, samplers, labels) works all the same.
 */
export class KernelsError extends RangeError {
  override readonly name = "KernelsError";
}
