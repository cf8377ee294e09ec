import { kernels } from "../../kernels/runtime.ts";
import type { Form } from "./form.ts";
import type { Side } from "./side.ts";

/** value_ij = q_i . r_j */
export class ProductForm implements Form {
  readonly query: Side;
  readonly reference: Side;

  constructor(query: Side, reference: Side) {
    this.query = query;
    this.reference = reference;
  }

  fillTile(tile: number, stride: number, start: number, rows: number): void {
    const { query, reference } = this;
    const d = query.cols;
    kernels.gemm(rows, reference.rows, d, query.row(start), d, 1, reference.pointer, 1, d, tile, stride, false, false);
  }

  fillSymmetric(tile: number, stride: number): void {
    const { pointer, rows, cols } = this.query;
    kernels.gemm(rows, rows, cols, pointer, cols, 1, pointer, 1, cols, tile, stride, false, true);
    kernels.mirror(rows, tile, stride);
  }

  finishRow(): void {}

  slopeRow(): void {}

  beginPull(): void {
    this.query.clearSlopes();
    this.reference.clearSlopes();
  }

  pullTile(tile: number, stride: number, start: number, rows: number): void {
    const { query, reference } = this;
    const d = query.cols;
    const target = query.slopes + 4 * start * d;
    kernels.gemm(rows, d, reference.rows, tile, stride, 1, reference.pointer, d, 1, target, d, true, false);
    if (reference.isLearned)
      kernels.gemm(reference.rows, d, rows, tile, 1, stride, query.row(start), d, 1, reference.slopes, d, true, false);
  }

  pullSymmetric(tile: number, stride: number): void {
    const { pointer, slopes, rows, cols } = this.query;
    kernels.addTranspose(rows, tile, stride);
    kernels.gemm(rows, cols, rows, tile, stride, 1, pointer, cols, 1, slopes, cols, true, false);
  }

  finishPull(): void {}
}
