import { invertInPlace } from "./inverse.ts";
import { Run } from "./run.ts";
import { floatsAt, kernels, type Workspace } from "./runtime.ts";

/** One side of a matrix product: a matrix as it is stored, or turned. */
interface Factor {
  readonly pointer: number;
  readonly rows: number;
  readonly cols: number;
  /** Floats from one row to the next, and from one column to the next. */
  readonly rowStride: number;
  readonly colStride: number;
}

/** A matrix in the kernels' memory, row-major without gaps. Its memory is gone with the workspace that it is of. */
export class Dense implements Factor {
  /** Where it begins, in bytes. Of no interest above `kernels/`. */
  readonly pointer: number;
  readonly rows: number;
  readonly cols: number;
  readonly colStride = 1;

  private constructor(pointer: number, rows: number, cols: number) {
    this.pointer = pointer;
    this.rows = rows;
    this.cols = cols;
  }

  /** Room for a matrix, not cleared. */
  static of(workspace: Workspace, rows: number, cols: number): Dense {
    return new Dense(workspace.floats(rows * cols), rows, cols);
  }

  get rowStride(): number {
    return this.cols;
  }

  /** Its transpose as a factor: nothing is moved. */
  get transposed(): Factor {
    const { pointer, rows, cols } = this;
    return { pointer, rows: cols, cols: rows, rowStride: 1, colStride: cols };
  }

  /** All entries as a view, which dies when the memory grows: take it after the last borrowing. */
  view(): Float32Array {
    return floatsAt(this.pointer, this.rows * this.cols);
  }

  /** Rows start .. end - 1 as a matrix, in the same memory. */
  slice(start: number, end = this.rows): Dense {
    return new Dense(this.pointer + 4 * start * this.cols, end - start, this.cols);
  }

  /** One row, in the same memory. */
  row(i: number): Run {
    return new Run().point(this.pointer + 4 * i * this.cols, this.cols);
  }

  /** |row i - row j|^2 */
  squaredDistance(i: number, j: number): number {
    const { pointer, cols } = this;
    return kernels.squaredDistance(pointer + 4 * i * cols, pointer + 4 * j * cols, cols);
  }

  /** this <- a b; neither factor is in the memory of this matrix. */
  setProduct(a: Factor, b: Factor): void {
    this.#product(a, b, false);
  }

  /** A square matrix <- a' a, of which the diagonal and what is right of it are formed; the rest is whatever. */
  setGram(a: Dense): void {
    const { rows, cols, pointer } = this;
    kernels.gemm(rows, cols, a.rows, a.pointer, 1, a.cols, a.pointer, a.cols, 1, pointer, cols, false, true);
  }

  /** this <- this + a b. */
  addProduct(a: Factor, b: Factor): void {
    this.#product(a, b, true);
  }

  /** A square matrix <- its inverse, found without pivoting: see {@link invertInPlace}. */
  invert(workspace: Workspace): void {
    invertInPlace(workspace, this.pointer, this.rows);
  }

  #product(a: Factor, b: Factor, isAdded: boolean): void {
    const { rows, cols, pointer } = this;
    // prettier-ignore
    kernels.gemm(
      rows, cols, a.cols,
      a.pointer, a.rowStride, a.colStride,
      b.pointer, b.rowStride, b.colStride,
      pointer, cols, isAdded, false,
    );
  }
}
