import type { Run } from "./run.ts";
import { heap, kernels } from "./runtime.ts";

/**
 * Places of a row in the kernels' memory: a run of floats with one hole in it. Without lists of indices this names the
 * positives of an anchor (its class, itself left out) and its negatives (the row without its class) when the references
 * are ordered by class.
 */
export class Places {
  #pointer = 0;
  #start = 0;
  #end = 0;
  #holeStart = 0;
  #holeEnd = 0;

  /** Points at places start .. end - 1 of a row, without holeStart .. holeEnd - 1, which lie among them. */
  set(row: Pick<Run, "pointer">, start: number, end: number, holeStart = end, holeEnd = end): void {
    this.#pointer = row.pointer;
    this.#start = start;
    this.#end = end;
    this.#holeStart = holeStart;
    this.#holeEnd = holeEnd;
  }

  /** The first place, the end, and the hole's bounds. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get holeStart(): number {
    return this.#holeStart;
  }

  get holeEnd(): number {
    return this.#holeEnd;
  }

  get count(): number {
    return this.#end - this.#start - (this.#holeEnd - this.#holeStart);
  }

  /** The place in the row of the k-th entry. */
  place(k: number): number {
    const place = this.#start + k;
    return place < this.#holeStart ? place : place + this.#holeEnd - this.#holeStart;
  }

  /** The largest entry; -Infinity of none. */
  max(): number {
    return Math.max(
      kernels.maximum(this.#headPointer, this.#headCount),
      kernels.maximum(this.#tailPointer, this.#tailCount),
    );
  }

  /** The smallest entry; Infinity of none. */
  min(): number {
    return Math.min(
      kernels.minimum(this.#headPointer, this.#headCount),
      kernels.minimum(this.#tailPointer, this.#tailCount),
    );
  }

  sum(): number {
    return kernels.sum(this.#headPointer, this.#headCount) + kernels.sum(this.#tailPointer, this.#tailCount);
  }

  /** The sum of squares. */
  sumOfSquares(): number {
    const [head, tail] = [this.#headPointer, this.#tailPointer];
    return kernels.dot(head, head, this.#headCount) + kernels.dot(tail, tail, this.#tailCount);
  }

  /** How many entries are above the threshold. */
  countAbove(threshold: number): number {
    return (
      kernels.countAbove(this.#headPointer, this.#headCount, threshold) +
      kernels.countAbove(this.#tailPointer, this.#tailCount, threshold)
    );
  }

  /** x <- [sign (x - margin)]+. */
  hinge(sign: number, margin: number): void {
    kernels.hinge(this.#headPointer, this.#headCount, sign, margin);
    kernels.hinge(this.#tailPointer, this.#tailCount, sign, margin);
  }

  /** x <- value where x is above the threshold, else 0. */
  step(threshold: number, value: number): void {
    kernels.step(this.#headPointer, this.#headCount, threshold, value);
    kernels.step(this.#tailPointer, this.#tailCount, threshold, value);
  }

  /** x <- e^(scale x - shift); returns the sum of the new entries. */
  expInPlace(scale: number, shift: number): number {
    return (
      kernels.expInPlace(this.#headPointer, this.#headCount, scale, shift) +
      kernels.expInPlace(this.#tailPointer, this.#tailCount, scale, shift)
    );
  }

  /** x <- factor x + offset. */
  affine(factor: number, offset: number): void {
    kernels.affine(this.#headPointer, this.#headCount, factor, offset);
    kernels.affine(this.#tailPointer, this.#tailCount, factor, offset);
  }

  /** x <- value. */
  fill(value: number): void {
    const floats = heap();
    const head = this.#headPointer >>> 2;
    const tail = this.#tailPointer >>> 2;
    floats.fill(value, head, head + this.#headCount);
    floats.fill(value, tail, tail + this.#tailCount);
  }

  /** Copies the entries to `out`, one beside the other; returns how many there are. */
  read(out: Float32Array | Float64Array): number {
    const floats = heap();
    const head = this.#headPointer >>> 2;
    const tail = this.#tailPointer >>> 2;
    const headCount = this.#headCount;
    const count = headCount + this.#tailCount;
    for (let k = 0; k < headCount; k++) out[k] = floats[head + k];
    for (let k = headCount; k < count; k++) out[k] = floats[tail + k - headCount];
    return count;
  }

  /** Sets the entries from an array laid out as {@link Places.read} does. */
  write(values: Float32Array | Float64Array): void {
    const floats = heap();
    const head = this.#headPointer >>> 2;
    const tail = this.#tailPointer >>> 2;
    const headCount = this.#headCount;
    const count = headCount + this.#tailCount;
    for (let k = 0; k < headCount; k++) floats[head + k] = values[k];
    for (let k = headCount; k < count; k++) floats[tail + k - headCount] = values[k];
  }

  get #headPointer(): number {
    return this.#pointer + 4 * this.#start;
  }

  get #headCount(): number {
    return this.#holeStart - this.#start;
  }

  get #tailPointer(): number {
    return this.#pointer + 4 * this.#holeEnd;
  }

  get #tailCount(): number {
    return this.#end - this.#holeEnd;
  }
}
