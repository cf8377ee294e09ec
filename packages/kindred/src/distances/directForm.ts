import { heap, kernels } from "../kernels/runtime.ts";
import type { Form } from "./form.ts";
import type { Side } from "./side.ts";

/** value_ij = (sum_k |q_ik - r_jk|^p)^(1/p) for p other than 2, difference by difference; max_k for p = Infinity. */
export class DirectForm implements Form {
  readonly query: Side;
  readonly reference: Side;
  readonly #p: number;

  constructor(query: Side, reference: Side, p: number) {
    this.query = query;
    this.reference = reference;
    this.#p = p;
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
          : this.#distance(floats, query.row(i) >>> 2, reference.row(j) >>> 2);
    }
  }

  #distance(floats: Float32Array, x: number, y: number): number {
    const p = this.#p;
    const d = this.query.cols;
    let total = 0;
    if (p === Infinity) {
      for (let k = 0; k < d; k++) total = Math.max(total, Math.abs(floats[x + k] - floats[y + k]));
      return total;
    }
    for (let k = 0; k < d; k++) total += Math.abs(floats[x + k] - floats[y + k]) ** p;
    return total ** (1 / p);
  }

  finishRow(): void {}

  /** Values are kept as slope / value^(p - 1), so that a pull needs no distances. */
  slopeRow(_i: number, slopes: number, values: number): void {
    const p = this.#p;
    if (p === 1 || p === Infinity) return;
    const floats = heap();
    const s = slopes >>> 2;
    const v = values >>> 2;
    for (let j = 0; j < this.reference.rows; j++) {
      const value = floats[v + j];
      floats[s + j] = value === 0 ? 0 : floats[s + j] / value ** (p - 1);
    }
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
    for (let j = from; j < reference.rows; j++) {
      const slope = floats[row + j];
      if (slope === 0) continue;
      const y = reference.row(j) >>> 2;
      const gy = (reference.slopes >>> 2) + j * d;
      const largest = this.#p === Infinity ? this.#distance(floats, x, y) : 0;
      for (let k = 0; k < d; k++) {
        const pulled = slope * this.#coordinateSlope(floats[x + k] - floats[y + k], largest);
        floats[gx + k] += pulled;
        floats[gy + k] -= pulled;
      }
    }
  }

  /** sign(x) |x|^(p-1), bounded at 0; for p = Infinity the sign where |x| is the largest. */
  #coordinateSlope(difference: number, largest: number): number {
    const p = this.#p;
    if (difference === 0) return 0;
    if (p === Infinity) return Math.abs(difference) >= largest ? Math.sign(difference) : 0;
    return p === 1 ? Math.sign(difference) : Math.sign(difference) * Math.abs(difference) ** (p - 1);
  }

  finishPull(): void {}
}
