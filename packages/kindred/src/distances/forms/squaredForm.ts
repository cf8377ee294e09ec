import { heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import type { Form } from "./form.ts";
import { ProductForm } from "./productForm.ts";
import type { Side } from "./side.ts";

/** Pairs with |q - r|^2 below this share of |q|^2 + |r|^2 are taken from their differences. */
const CLOSENESS = 2 ** -7;

/**
 * value_ij = |q_i - r_j|, or its square, from products. With v_ij the slope by (q_i - r_j), q_i's slope is
 * sum_j v_ij (q_i - r_j) = q_i sum_j v_ij - sum_j v_ij r_j: one product with the tile and one sum a row.
 */
export class SquaredForm implements Form {
  readonly query: Side;
  readonly reference: Side;
  readonly #isSquared: boolean;
  /** What the sides' rows are measured in. */
  readonly #unit: number;
  readonly #products: ProductForm;
  /** sum_j v_ij by query row and sum_i v_ij by reference row. */
  readonly #querySums: number;
  readonly #referenceSums: number;
  /** Slopes of close pairs, kept apart: those of `query.slopes` are subtracted in the end. */
  readonly #queryClose: number;
  readonly #referenceClose: number;

  /** @param unit what the sides' rows have been divided by */
  constructor(workspace: Workspace, query: Side, reference: Side, isSquared: boolean, unit: number) {
    this.query = query;
    this.reference = reference;
    this.#isSquared = isSquared;
    this.#unit = unit;
    this.#products = new ProductForm(query, reference);
    const isSelf = query === reference;
    this.#querySums = workspace.floats(query.rows);
    this.#referenceSums = isSelf ? this.#querySums : workspace.floats(reference.rows);
    this.#queryClose = workspace.floats(query.rows * query.cols);
    this.#referenceClose = isSelf ? this.#queryClose : workspace.floats(reference.rows * reference.cols);
  }

  fillTile(tile: number, stride: number, start: number, rows: number): void {
    this.#products.fillTile(tile, stride, start, rows);
  }

  fillSymmetric(tile: number, stride: number): void {
    this.#products.fillSymmetric(tile, stride);
  }

  finishRow(i: number, row: number): void {
    const { query, reference } = this;
    const count = reference.rows;
    const squaredNorm = heap()[(query.squaredNorms >>> 2) + i];
    kernels.squaredFromProducts(
      row,
      reference.squaredNorms,
      count,
      squaredNorm,
      CLOSENESS,
      query.row(i),
      reference.pointer,
      query.cols,
    );
    if (!this.#isSquared) kernels.squareRoot(row, count);
    this.#timesUnit(row, this.#unit);
  }

  slopeRow(i: number, slopes: number, values: number): void {
    const { query, reference } = this;
    const count = reference.rows;
    this.#timesUnit(values, 1 / this.#unit);
    if (this.#isSquared) kernels.affine(slopes, count, 2 * this.#unit, 0);
    else kernels.divideBy(slopes, values, count, 1);
    kernels.pullClosePairs(
      slopes,
      values,
      this.#isSquared,
      reference.squaredNorms,
      count,
      heap()[(query.squaredNorms >>> 2) + i],
      CLOSENESS,
      query.row(i),
      reference.pointer,
      query.cols,
      this.#queryClose + 4 * i * query.cols,
      this.#referenceClose,
    );
    heap()[(this.#querySums >>> 2) + i] += kernels.sum(slopes, count);
    kernels.addScaled(this.#referenceSums, slopes, count, 1);
  }

  /** The unit of a square is applied twice: its square may not be a float32 number where their product is. */
  #timesUnit(row: number, unit: number): void {
    if (this.#unit === 1) return;
    kernels.affine(row, this.reference.rows, unit, 0);
    if (this.#isSquared) kernels.affine(row, this.reference.rows, unit, 0);
  }

  beginPull(): void {
    const { query, reference } = this;
    this.#products.beginPull();
    clear(this.#querySums, query.rows);
    clear(this.#referenceSums, reference.rows);
    clear(this.#queryClose, query.rows * query.cols);
    clear(this.#referenceClose, reference.rows * reference.cols);
  }

  pullTile(tile: number, stride: number, start: number, rows: number): void {
    this.#products.pullTile(tile, stride, start, rows);
  }

  pullSymmetric(tile: number, stride: number): void {
    this.#products.pullSymmetric(tile, stride);
  }

  finishPull(): void {
    finish(this.query, this.#querySums, this.#queryClose);
    if (this.reference !== this.query && this.reference.isLearned)
      finish(this.reference, this.#referenceSums, this.#referenceClose);
  }
}

/** slopes <- x sum v - slopes + close, row by row. */
function finish(side: Side, sums: number, close: number): void {
  for (let i = 0; i < side.rows; i++) {
    const row = side.slopes + 4 * i * side.cols;
    kernels.affine(row, side.cols, -1, 0);
    kernels.addScaled(row, side.row(i), side.cols, heap()[(sums >>> 2) + i]);
    kernels.addScaled(row, close + 4 * i * side.cols, side.cols, 1);
  }
}

function clear(pointer: number, count: number): void {
  heap().fill(0, pointer >>> 2, (pointer >>> 2) + count);
}
