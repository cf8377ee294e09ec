import type { Run } from "../../kernels/run.ts";
import { floatsAt, heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import { withinFloat } from "../../matrix/float.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { divisorOf, hasDirection, norm, pullThroughNormalization, slopeFactor } from "./normalization.ts";

/** Squared norms between these bounds lost nothing to float32's range while they were summed. */
const SMALLEST_SQUARE = 1e-30;
const LARGEST_SQUARE = 1e36;

/** Numbers up to here can be centred. */
const LARGEST_CENTRED = 2 ** 125;

/** A slope's row gets no longer than this in float32, so that none of its entries leaves the range on the way. */
const LONGEST_SLOPE = 2 ** 120;

/** How a distance changes embeddings before it compares them. */
export interface Preparation {
  readonly isNormalized: boolean;
  /** The p of the norm that rows are divided by. */
  readonly p: number;
  /** Whether each row's mean is taken off. */
  readonly isCentred: boolean;
}

/**
 * One side of a distance matrix: embeddings as the distance compares them, in the kernels' memory, in an order of their
 * own; and the way back for their slopes.
 */
export class Side {
  readonly rows: number;
  readonly cols: number;
  /** The prepared rows, one after the other. */
  readonly pointer: number;
  /** |x|^2 of each prepared row, `rows` floats. */
  readonly squaredNorms: number;
  /** d value / d prepared row, where the side is learned; filled by whoever pulls slopes back. */
  readonly slopes: number;
  /** The p-norm of each row before it was divided by it; 1 where rows are not normalized. */
  readonly norms: Float64Array;
  /** What the rows are measured in, where centring them would leave float32's range otherwise. */
  readonly unit: number;
  /** Whether slopes are pulled back to it. */
  readonly isLearned: boolean;
  readonly #preparation: Preparation;
  /** Which row of the matrix stands at each place; null: as they are. */
  readonly order: Int32Array | null;

  /**
   * @param matrix the embeddings
   * @param order which row of the matrix stands at each place; null: as they are
   */
  constructor(
    workspace: Workspace,
    matrix: Matrix,
    order: Int32Array | null,
    preparation: Preparation,
    isLearned = true,
  ) {
    this.rows = order?.length ?? matrix.rows;
    this.cols = matrix.cols;
    this.isLearned = isLearned;
    this.#preparation = preparation;
    this.order = order;
    this.norms = new Float64Array(this.rows);
    this.pointer = workspace.floats(this.rows * this.cols);
    this.squaredNorms = workspace.floats(this.rows);
    this.slopes = workspace.floats(isLearned ? this.rows * this.cols : 0);
    const { isNormalized, p, isCentred } = preparation;
    this.unit = isCentred && !isNormalized && matrix.data.some((x) => Math.abs(x) > LARGEST_CENTRED) ? 4 : 1;
    if (isCentred || (isNormalized && p !== 2)) this.#fillAny(matrix);
    else this.#fill(matrix);
  }

  /** The row of the matrix at a place. */
  source(place: number): number {
    return this.order === null ? place : this.order[place];
  }

  /** A pointer to a prepared row. */
  row(place: number): number {
    return this.pointer + 4 * place * this.cols;
  }

  /** Points a run at a prepared row. */
  pointAtRow(place: number, run: Run): void {
    run.point(this.row(place), this.cols);
  }

  /** Points a run at the slope of a prepared row. */
  pointAtSlope(place: number, run: Run): void {
    run.point(this.slopes + 4 * place * this.cols, this.cols);
  }

  /** The part of a row's slope along the row: g . x. */
  slopeAlong(place: number): number {
    return kernels.dot(this.slopes + 4 * place * this.cols, this.row(place), this.cols);
  }

  /** The slopes by the prepared rows times `scale`, place by place: not pulled back through their preparation. */
  preparedSlopes(scale: number): Float32Array {
    const slopes = floatsAt(this.slopes, this.rows * this.cols).slice();
    for (let k = 0; k < slopes.length; k++) slopes[k] *= scale;
    return slopes;
  }

  /** The usual case: rows as they are, or divided by their Euclidean norm. */
  #fill({ data }: Matrix): void {
    const { rows, cols } = this;
    const { isNormalized } = this.#preparation;
    const floats = heap();
    const to = this.pointer >>> 2;
    if (this.order === null) floats.set(data, to);
    else for (let i = 0; i < rows; i++) floats.set(rowOf(data, 0, this.source(i), cols), to + i * cols);
    this.norms.fill(1);
    for (let i = 0; i < rows; i++) {
      const row = this.row(i);
      let square = kernels.dot(row, row, cols);
      if (isNormalized) {
        const isSafe = square > SMALLEST_SQUARE && square < LARGEST_SQUARE;
        this.norms[i] = isSafe ? Math.sqrt(square) : norm(data, this.source(i) * cols, cols, 2);
        if (isSafe) kernels.affine(row, cols, 1 / this.norms[i], 0);
        else divide(floats, row >>> 2, cols, divisorOf(this.norms[i]));
        square = kernels.dot(row, row, cols);
      }
      floats[(this.squaredNorms >>> 2) + i] = square;
    }
  }

  #fillAny({ data }: Matrix): void {
    const { rows, cols } = this;
    const { isNormalized, p, isCentred } = this.#preparation;
    const floats = heap();
    for (let i = 0; i < rows; i++) {
      const from = this.source(i) * cols;
      const to = (this.pointer >>> 2) + i * cols;
      this.norms[i] = isNormalized ? norm(data, from, cols, p) : 1;
      const divisor = this.unit * divisorOf(this.norms[i]);
      let mean = 0;
      if (isCentred) {
        for (let k = 0; k < cols; k++) mean += data[from + k] / divisor;
        mean /= cols;
      }
      for (let k = 0; k < cols; k++) floats[to + k] = data[from + k] / divisor - mean;
      floats[(this.squaredNorms >>> 2) + i] = kernels.dot(this.row(i), this.row(i), cols);
    }
  }

  clearSlopes(): void {
    if (!this.isLearned) return;
    const from = this.slopes >>> 2;
    heap().fill(0, from, from + this.rows * this.cols);
  }

  /**
   * The slopes with respect to the matrix itself: back through centring and normalizing, times `scale`, into `out`. They
   * are used up by it.
   */
  pullSlopes(matrix: Matrix, scale: number, out: Float32Array): void {
    const { isNormalized, p, isCentred } = this.#preparation;
    if (isCentred || (isNormalized && p !== 2)) {
      this.#pullAnySlopes(matrix, scale, out);
      return;
    }
    for (let i = 0; i < this.rows; i++) this.#pullRow(i, scale);
    const floats = heap();
    const from = this.slopes >>> 2;
    if (this.order === null) out.set(floats.subarray(from, from + out.length));
    else for (let i = 0; i < this.rows; i++) out.set(rowOf(floats, from, i, this.cols), this.source(i) * this.cols);
  }

  /** The usual case, in place: g <- scale (g - (g . u) u) / |x|, or scale g. */
  #pullRow(i: number, scale: number): void {
    const { cols } = this;
    const { isNormalized } = this.#preparation;
    const row = this.slopes + 4 * i * cols;
    const norm = this.norms[i];
    const factor = isNormalized ? scale * slopeFactor(norm) : scale;
    const along = isNormalized && hasDirection(norm) ? kernels.dot(row, this.row(i), cols) : 0;
    const isGrowing = Math.abs(factor) > 1;
    if (isGrowing && Math.abs(factor) * Math.sqrt(kernels.dot(row, row, cols)) > LONGEST_SLOPE) {
      pullInDoubles(heap(), row >>> 2, this.row(i) >>> 2, cols, { factor, along });
      return;
    }
    kernels.affine(row, cols, factor, 0);
    if (along !== 0) kernels.addScaled(row, this.row(i), cols, -along * factor);
  }

  #pullAnySlopes(matrix: Matrix, scale: number, out: Float32Array): void {
    const { rows, cols } = this;
    const { isNormalized, p, isCentred } = this.#preparation;
    const floats = heap();
    const slope = new Float64Array(cols);
    const unit = new Float32Array(cols);
    for (let i = 0; i < rows; i++) {
      const from = (this.slopes >>> 2) + i * cols;
      let mean = 0;
      if (isCentred) {
        for (let k = 0; k < cols; k++) mean += floats[from + k];
        mean /= cols;
      }
      for (let k = 0; k < cols; k++) slope[k] = withinFloat(scale * (floats[from + k] - mean));
      const source = this.source(i) * cols;
      if (!isNormalized) {
        out.set(slope, source);
        continue;
      }
      const divisor = divisorOf(this.norms[i]);
      for (let k = 0; k < cols; k++) unit[k] = matrix.data[source + k] / divisor;
      pullThroughNormalization(slope, unit, { norm: this.norms[i], p }, out.subarray(source, source + cols));
    }
  }
}

/** g <- factor (g - along u), where the factor is beyond what float32 multiplies by. */
function pullInDoubles(
  floats: Float32Array,
  g: number,
  u: number,
  count: number,
  { factor, along }: { readonly factor: number; readonly along: number },
): void {
  for (let k = 0; k < count; k++) floats[g + k] = withinFloat(factor * (floats[g + k] - along * floats[u + k]));
}

function rowOf(data: Float32Array, start: number, i: number, cols: number): Float32Array {
  return data.subarray(start + i * cols, start + (i + 1) * cols);
}

function divide(floats: Float32Array, from: number, count: number, divisor: number): void {
  for (let k = from; k < from + count; k++) floats[k] /= divisor;
}
