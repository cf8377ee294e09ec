import { heap } from "../../kernels/runtime.ts";
import { LARGEST_FLOAT, withinFloat } from "../../matrix/float.ts";
import type { Form } from "./form.ts";
import { SMALLEST_VARIANCE } from "./noiseForm.ts";
import type { Side } from "./side.ts";

/**
 * value_ij = var(q_i - r_j) / var(q_i) as in NoiseForm, difference by difference and in float64: for rows whose squares leave
 * float32's range. A value beyond that range is its largest number, and has no slope.
 */
export class DirectNoiseForm implements Form {
  readonly query: Side;
  readonly reference: Side;
  readonly #differences: Float64Array;

  constructor(query: Side, reference: Side) {
    this.query = query;
    this.reference = reference;
    this.#differences = new Float64Array(query.cols);
  }

  fillTile(tile: number, stride: number, start: number, rows: number): void {
    const floats = heap();
    for (let r = 0; r < rows; r++) {
      const signal = Math.max(this.#signal(start + r), this.#smallestSignal);
      const row = (tile >>> 2) + r * stride;
      for (let j = 0; j < this.reference.rows; j++) floats[row + j] = withinFloat(this.#noise(start + r, j) / signal);
    }
  }

  fillSymmetric(tile: number, stride: number): void {
    this.fillTile(tile, stride, 0, this.query.rows);
  }

  finishRow(): void {}

  slopeRow(): void {}

  beginPull(): void {
    this.query.clearSlopes();
    this.reference.clearSlopes();
  }

  pullTile(tile: number, stride: number, start: number, rows: number): void {
    for (let r = 0; r < rows; r++) this.#pullRow(start + r, (tile >>> 2) + r * stride);
  }

  pullSymmetric(tile: number, stride: number): void {
    this.pullTile(tile, stride, 0, this.query.rows);
  }

  finishPull(): void {}

  /** With n = |q - r|^2, s = |q|^2 and v = n / s: dv/dq = 2 (q - r - v q) / s, dv/dr = -2 (q - r) / s. */
  #pullRow(i: number, row: number): void {
    const { query, reference } = this;
    const signal = this.#signal(i);
    if (signal <= this.#smallestSignal) return;
    const floats = heap();
    const d = query.cols;
    const q = query.row(i) >>> 2;
    const gq = (query.slopes >>> 2) + i * d;
    for (let j = 0; j < reference.rows; j++) {
      const slope = (2 * floats[row + j]) / signal;
      if (slope === 0) continue;
      const value = this.#noise(i, j) / signal;
      if (value > LARGEST_FLOAT) continue;
      const gr = (reference.slopes >>> 2) + j * d;
      for (let k = 0; k < d; k++) {
        const own = query.unit * floats[q + k];
        const pulled = slope * this.#differences[k];
        floats[gq + k] = withinFloat(floats[gq + k] + pulled - slope * value * own);
        if (reference.isLearned) floats[gr + k] = withinFloat(floats[gr + k] - pulled);
      }
    }
  }

  /** |q_i|^2 */
  #signal(i: number): number {
    const { query } = this;
    const floats = heap();
    const q = query.row(i) >>> 2;
    let total = 0;
    for (let k = q; k < q + query.cols; k++) total += (query.unit * floats[k]) ** 2;
    return total;
  }

  /** |q_i - r_j|^2; the differences stay at hand. */
  #noise(i: number, j: number): number {
    const { query, reference } = this;
    const floats = heap();
    const [q, r] = [query.row(i) >>> 2, reference.row(j) >>> 2];
    let total = 0;
    for (let k = 0; k < query.cols; k++) {
      const difference = query.unit * floats[q + k] - reference.unit * floats[r + k];
      this.#differences[k] = difference;
      total += difference * difference;
    }
    return total;
  }

  get #smallestSignal(): number {
    return SMALLEST_VARIANCE * (this.query.cols - 1);
  }
}
