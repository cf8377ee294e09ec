import { heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import type { Form } from "./form.ts";
import type { Side } from "./side.ts";
import { SquaredForm } from "./squaredForm.ts";

/** The least variance an anchor is taken to have: a constant row would divide by 0. */
export const SMALLEST_VARIANCE = 1e-12;

/**
 * value_ij = var(q_i - r_j) / var(q_i) for rows whose mean is taken off already: var(x) = |x|^2 / (d - 1). An anchor
 * without variance has no signal to compare noise with: its values are large, and they have no slope.
 */
export class NoiseForm implements Form {
  readonly query: Side;
  readonly reference: Side;
  readonly #squared: SquaredForm;
  readonly #scales: Float64Array;
  /** d loss / d log var(q_i), negated: sum_j slope_ij value_ij. */
  readonly #variancePull: Float64Array;

  constructor(workspace: Workspace, query: Side, reference: Side) {
    this.query = query;
    this.reference = reference;
    this.#squared = new SquaredForm(workspace, query, reference, true, 1);
    this.#scales = new Float64Array(query.rows);
    this.#variancePull = new Float64Array(query.rows);
    const degrees = query.cols - 1;
    for (let i = 0; i < query.rows; i++) {
      const variance = kernels.dot(query.row(i), query.row(i), query.cols) / degrees;
      this.#scales[i] = 1 / (degrees * Math.max(variance, SMALLEST_VARIANCE));
    }
  }

  fillTile(tile: number, stride: number, start: number, rows: number): void {
    this.#squared.fillTile(tile, stride, start, rows);
  }

  fillSymmetric(tile: number, stride: number): void {
    this.#squared.fillSymmetric(tile, stride);
  }

  finishRow(i: number, row: number): void {
    this.#squared.finishRow(i, row);
    kernels.affine(row, this.reference.rows, this.#scales[i], 0);
  }

  slopeRow(i: number, slopes: number, values: number): void {
    const count = this.reference.rows;
    if (!this.#hasSignal(i)) heap().fill(0, slopes >>> 2, (slopes >>> 2) + count);
    this.#variancePull[i] += kernels.dot(slopes, values, count);
    kernels.affine(slopes, count, this.#scales[i], 0);
    kernels.affine(values, count, 1 / this.#scales[i], 0);
    this.#squared.slopeRow(i, slopes, values);
  }

  beginPull(): void {
    this.#squared.beginPull();
    this.#variancePull.fill(0);
  }

  pullTile(tile: number, stride: number, start: number, rows: number): void {
    this.#squared.pullTile(tile, stride, start, rows);
  }

  pullSymmetric(tile: number, stride: number): void {
    this.#squared.pullSymmetric(tile, stride);
  }

  finishPull(): void {
    this.#squared.finishPull();
    const { query } = this;
    for (let i = 0; i < query.rows; i++) {
      if (!this.#hasSignal(i)) continue;
      const squaredNorm = heap()[(query.squaredNorms >>> 2) + i];
      const factor = (-2 * this.#variancePull[i]) / squaredNorm;
      kernels.addScaled(query.slopes + 4 * i * query.cols, query.row(i), query.cols, factor);
    }
  }

  #hasSignal(i: number): boolean {
    const { query } = this;
    return heap()[(query.squaredNorms >>> 2) + i] / (query.cols - 1) > SMALLEST_VARIANCE;
  }
}
