import { heap, kernels } from "../../kernels/runtime.ts";
import type { Form } from "./form.ts";
import { powerNorm } from "./normalization.ts";
import type { Side } from "./side.ts";

/** value_ij = (sum_k |q_ik - r_jk|^p)^(1/p) for p other than 2, difference by difference; max_k for p = Infinity. */
export class DirectForm implements Form {
  readonly query: Side;
  readonly reference: Side;
  readonly #p: number;
  /** The differences of one pair. */
  readonly #differences: Float64Array;

  constructor(query: Side, reference: Side, p: number) {
    this.query = query;
    this.reference = reference;
    this.#p = p;
    this.#differences = new Float64Array(query.cols);
  }

  fillTile(tile: number, stride: number, start: number, rows: number): void {
    for (let r = 0; r < rows; r++) this.#fillRow(start + r, 0, (tile >>> 2) + r * stride);
  }

  fillSymmetric(tile: number, stride: number): void {
    for (let i = 0; i < this.query.rows; i++) this.#fillRow(i, i, (tile >>> 2) + i * stride);
    kernels.mirror(this.query.rows, tile, stride);
  }

  #fillRow(i: number, from: number, row: number): void {
    const { query, reference } = this;
    const floats = heap();
    for (let j = from; j < reference.rows; j++) {
      floats[row + j] =
        this.#p === 1
          ? kernels.absoluteDistance(query.row(i), reference.row(j), query.cols)
          : powerNorm(this.#subtract(floats, query.row(i) >>> 2, reference.row(j) >>> 2), 0, query.cols, this.#p);
    }
  }

  /** x - y, in an array that the next pair takes over. */
  #subtract(floats: Float32Array, x: number, y: number): Float64Array {
    const differences = this.#differences;
    for (let k = 0; k < differences.length; k++) differences[k] = floats[x + k] - floats[y + k];
    return differences;
  }

  finishRow(): void {}

  slopeRow(): void {}

  beginPull(): void {
    this.query.clearSlopes();
    this.reference.clearSlopes();
  }

  pullTile(tile: number, stride: number, start: number, rows: number): void {
    for (let r = 0; r < rows; r++) this.#pullRow(start + r, 0, (tile >>> 2) + r * stride);
  }

  pullSymmetric(tile: number, stride: number): void {
    kernels.addTranspose(this.query.rows, tile, stride);
    for (let i = 0; i < this.query.rows; i++) this.#pullRow(i, i + 1, (tile >>> 2) + i * stride);
  }

  #pullRow(i: number, from: number, row: number): void {
    const { query, reference } = this;
    const floats = heap();
    const d = query.cols;
    const x = query.row(i) >>> 2;
    const gx = (query.slopes >>> 2) + i * d;
    const { isLearned } = reference;
    for (let j = from; j < reference.rows; j++) {
      const slope = floats[row + j];
      if (slope === 0) continue;
      const y = reference.row(j) >>> 2;
      const gy = (reference.slopes >>> 2) + j * d;
      const pulled = this.#pull(this.#subtract(floats, x, y), slope);
      for (let k = 0; k < d; k++) floats[gx + k] += pulled[k];
      if (isLearned) for (let k = 0; k < d; k++) floats[gy + k] -= pulled[k];
    }
  }

  /**
   * Turns differences x into slope d|x|_p / dx: sign(x) (|x| / |x|_p)^(p-1), bounded at 0; for p = Infinity the sign where
   * |x| is the largest. With u = |x| / max |x| no power leaves its range: (|x| / |x|_p)^(p-1) = u^(p-1) / (sum u^p)^(1-1/p).
   */
  #pull(differences: Float64Array, slope: number): Float64Array {
    const p = this.#p;
    let largest = 0;
    for (let k = 0; k < differences.length; k++) largest = Math.max(largest, Math.abs(differences[k]));
    if (largest === 0) return differences;
    let total = 0;
    for (let k = 0; k < differences.length; k++) {
      const u = Math.abs(differences[k]) / largest;
      const power = this.#powerOf(u);
      total += power * u;
      differences[k] = Math.sign(differences[k]) * power;
    }
    const factor = p === 1 || p === Infinity ? slope : slope / total ** (1 - 1 / p);
    for (let k = 0; k < differences.length; k++) differences[k] *= factor;
    return differences;
  }

  /** u^(p-1), 0 where u is 0. */
  #powerOf(u: number): number {
    if (u === 0) return 0;
    if (this.#p === Infinity) return u === 1 ? 1 : 0;
    return this.#p === 1 ? 1 : u ** (this.#p - 1);
  }

  finishPull(): void {}
}
