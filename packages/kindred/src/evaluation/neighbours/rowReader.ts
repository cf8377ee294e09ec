import { describe } from "../../matrix/checks.ts";
import { isMatrix, type Matrix, type MatrixLike, takeRows, toMatrix, zeros } from "../../matrix/matrix.ts";

/**
 * Embeddings that are read when they are needed and not kept: those of a file larger than the memory, say. Only whole runs
 * of rows are asked for, often in a row; rows may be asked for again and must then be the same.
 */
export interface RowSource {
  readonly rows: number;
  readonly cols: number;
  /** Rows start .. end - 1, as a matrix of end - start rows. */
  read(start: number, end: number): MatrixLike;
}

/** Rows of a matrix or of a source: those of a matrix are checked once, those of a source whenever they are read. */
export class RowReader {
  readonly rows: number;
  readonly cols: number;
  /** All rows; null where they are read from a source. */
  readonly matrix: Matrix | null;
  readonly #source: RowSource | null;
  readonly #name: string;

  /** @throws TypeError, RangeError when it is neither a matrix nor a source */
  constructor(input: MatrixLike | RowSource, name: string) {
    this.#name = name;
    this.#source = isRowSource(input) ? input : null;
    this.matrix = isRowSource(input) ? null : toMatrix(input, name);
    const { rows, cols } = this.matrix ?? this.#source!;
    if (!isCount(rows) || !isCount(cols))
      throw new RangeError(
        `${name} has rows = ${describe(rows)} and cols = ${describe(cols)}; give whole numbers >= 0`,
      );
    this.rows = rows;
    this.cols = cols;
  }

  /** Rows start .. end - 1: a view where they are in memory. @throws RangeError when the source gives others than asked for */
  read(start: number, end: number): Matrix {
    const { cols, matrix } = this;
    if (matrix !== null) return { data: matrix.data.subarray(start * cols, end * cols), rows: end - start, cols };
    const name = `${this.#name}.read(${start}, ${end})`;
    const rows = toMatrix(this.#source!.read(start, end), name);
    if (rows.rows !== end - start || rows.cols !== cols)
      throw new RangeError(`${name} gave ${rows.rows} x ${rows.cols} entries; give ${end - start} rows of ${cols}`);
    return rows;
  }

  /** The rows `indices`, copied in that order; indices that follow each other are read at once. */
  take(indices: ArrayLike<number>): Matrix {
    if (this.matrix !== null) return takeRows(this.matrix, indices);
    const out = zeros(indices.length, this.cols);
    for (let start = 0, end = 0; start < indices.length; start = end) {
      for (end = start + 1; end < indices.length && indices[end] === indices[end - 1] + 1;) end++;
      const { data } = this.read(indices[start], indices[end - 1] + 1);
      out.data.set(data, start * this.cols);
    }
    return out;
  }
}

function isRowSource(value: MatrixLike | RowSource): value is RowSource {
  return typeof value === "object" && value !== null && !isMatrix(value) && "read" in value;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
