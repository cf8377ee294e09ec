import { Run } from "./run.ts";
import { heap, kernels, type Workspace } from "./runtime.ts";

/** Floats of a tile of the columns' products (16 MB). */
const TILE_FLOATS = 2 ** 22;

/** A symmetric matrix C made of the products G of columns: G times a factor, with a diagonal of its own. */
interface ProductMap {
  readonly factor: number;
  readonly diagonal: Float64Array;
}

/**
 * A matrix X in the kernels' memory and the products of its columns, G = X^T X. For a centred X these are the covariances
 * times the degrees of freedom. G is formed tile by tile and never stored as a whole.
 */
export class ColumnProducts {
  readonly #rows: number;
  readonly #cols: number;
  readonly #entries: Run;
  readonly #mapped: Run;
  readonly #tile: number;
  readonly #blockColumns: number;

  constructor(workspace: Workspace, rows: number, cols: number) {
    this.#rows = rows;
    this.#cols = cols;
    this.#entries = Run.of(workspace, rows * cols);
    this.#mapped = Run.of(workspace, rows * cols);
    this.#blockColumns = Math.max(1, Math.min(cols, Math.floor(TILE_FLOATS / Math.max(1, cols))));
    this.#tile = workspace.floats(this.#blockColumns * cols);
  }

  /** X, to be filled row after row, as a view. It dies when the memory grows. */
  entries(): Float32Array {
    return this.#entries.view();
  }

  /** X C of the last {@link ColumnProducts.map}, as a view. It dies when the memory grows. */
  mapped(): Float32Array {
    return this.#mapped.view();
  }

  /** sum over k != l of G_kl^2; forms X C too, which is left alone when `by` is null. */
  map(by: ProductMap | null): number {
    const cols = this.#cols;
    let total = 0;
    for (let start = 0; start < cols; start += this.#blockColumns) {
      const block = Math.min(this.#blockColumns, cols - start);
      this.#form(start, block);
      this.#setDiagonal(start, block, null);
      total += kernels.dot(this.#tile, this.#tile, block * cols);
      if (by === null) continue;
      kernels.affine(this.#tile, block * cols, by.factor, 0);
      this.#setDiagonal(start, block, by.diagonal);
      this.#multiply(start, block);
    }
    return total;
  }

  /** Rows start .. start + block - 1 of G, into the tile. */
  #form(start: number, block: number): void {
    const [rows, cols, entries, tile] = [this.#rows, this.#cols, this.#entries.pointer, this.#tile];
    const isWhole = block === cols;
    kernels.gemm(block, cols, rows, entries + 4 * start, 1, cols, entries, cols, 1, tile, cols, false, isWhole);
    if (isWhole) kernels.mirror(cols, tile, cols);
  }

  #setDiagonal(start: number, block: number, diagonal: Float64Array | null): void {
    const floats = heap();
    const first = (this.#tile >>> 2) + start;
    for (let k = 0; k < block; k++) floats[first + k * (this.#cols + 1)] = diagonal === null ? 0 : diagonal[start + k];
  }

  /** Columns start .. start + block - 1 of X C. */
  #multiply(start: number, block: number): void {
    const [rows, cols, entries, tile] = [this.#rows, this.#cols, this.#entries.pointer, this.#tile];
    const out = this.#mapped.pointer + 4 * start;
    kernels.gemm(rows, block, cols, entries, cols, 1, tile, 1, cols, out, cols, false, false);
  }
}
