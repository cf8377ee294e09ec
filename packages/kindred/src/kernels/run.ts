import { floatsAt, heap, kernels, type Workspace } from "./runtime.ts";

/** Neighbouring floats in the kernels' memory. A run names a place and owns nothing: it can be pointed elsewhere. */
export class Run {
  /** Where it begins, in bytes. Of no interest above `distances/`. */
  pointer = 0;
  count = 0;
  /** The view taken last, and the memory that it was taken of. */
  #view: Float32Array | null = null;
  #heap: Float32Array | null = null;

  /** Room for `count` floats of a workspace, not cleared. */
  static of(workspace: Workspace, count: number): Run {
    return new Run().point(workspace.floats(count), count);
  }

  point(pointer: number, count: number): this {
    this.pointer = pointer;
    this.count = count;
    return this;
  }

  /** Points where another run points. */
  pointAt({ pointer, count }: Run): this {
    return this.point(pointer, count);
  }

  /** The floats as a view, which dies when the memory grows: take it after the last borrowing. */
  view(): Float32Array {
    // a new view for each of a thousand rows would cost as much as what is done with a row: the last one is kept
    const floats = heap();
    const last = this.#view;
    if (last?.byteOffset === this.pointer && last.length === this.count && this.#heap === floats) return last;
    this.#heap = floats;
    this.#view = floatsAt(this.pointer, this.count);
    return this.#view;
  }

  at(k: number): number {
    return heap()[(this.pointer >>> 2) + k];
  }

  put(k: number, value: number): void {
    heap()[(this.pointer >>> 2) + k] = value;
  }

  /** x <- value. */
  fill(value: number): void {
    const from = this.pointer >>> 2;
    heap().fill(value, from, from + this.count);
  }

  copyFrom({ pointer }: Run): void {
    const from = pointer >>> 2;
    heap().copyWithin(this.pointer >>> 2, from, from + this.count);
  }

  max(): number {
    return kernels.maximum(this.pointer, this.count);
  }

  dot(other: Run): number {
    return kernels.dot(this.pointer, other.pointer, this.count);
  }

  /** x <- factor x + offset. */
  affine(factor: number, offset: number): void {
    kernels.affine(this.pointer, this.count, factor, offset);
  }

  /** x_k <- factors_k x_k. */
  timesEach(factors: Float64Array): void {
    const floats = heap();
    const from = this.pointer >>> 2;
    for (let k = 0; k < factors.length; k++) floats[from + k] *= factors[k];
  }

  /** x <- x + factor y. */
  addScaled(other: Run, factor: number): void {
    kernels.addScaled(this.pointer, other.pointer, this.count, factor);
  }

  /** x <- e^(scale x - shift); returns the sum of the new entries. */
  expInPlace(scale: number, shift: number): number {
    return kernels.expInPlace(this.pointer, this.count, scale, shift);
  }
}
