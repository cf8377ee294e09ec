import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
import { type Matrix, rowView } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";

/** Rows of a larger cosine are taken for copies of one another: a picture saved twice, a sentence with another full stop. */
const NEAR_COSINE = 0.9999;
/** |x - y|^2 = 2 - 2 cosine for rows of length 1, with room for rounding. */
const MOST_DISTANCE = Math.sqrt(2 - 2 * NEAR_COSINE) + 1e-5;
/** In fewer columns rows come as near as that by chance. */
const LEAST_COLUMNS = 16;
/** Random directions along which rows are compared before they are compared in whole. */
const DIRECTIONS = 8;

/**
 * Finds rows whose direction is nearly that of others. Rows that are near are near along any direction of length 1, too, by no more than they
 * are apart: rows are sorted along one such direction, and of those within reach few agree along seven more.
 */
export class NearRows {
  readonly #x: Matrix;
  readonly #sketch: Matrix | null;
  readonly #norms: Float64Array;

  constructor(x: Matrix) {
    this.#x = x;
    this.#norms = Float64Array.from({ length: x.rows }, (_, i) => normOf(rowView(x, i)));
    this.#sketch = x.cols < LEAST_COLUMNS ? null : sketchOf(x, this.#norms);
  }

  /** Those of `rows` that are near to one of `others`. Rows of zeros have no direction. */
  nearTo(rows: Int32Array, others: Int32Array): Set<number> {
    const near = new Set<number>();
    if (this.#sketch === null) return near;
    const [asked, among] = [this.#sorted(rows), this.#sorted(others)];
    let first = 0;
    for (let i = 0; i < asked.rows.length; i++) {
      const along = asked.sketches[i * DIRECTIONS];
      while (first < among.rows.length && among.sketches[first * DIRECTIONS] < along - MOST_DISTANCE) first++;
      for (let k = first; k < among.rows.length; k++) {
        if (among.sketches[k * DIRECTIONS] > along + MOST_DISTANCE) break;
        if (!agree(asked.sketches, i, among.sketches, k) || !this.#areNear(asked.rows[i], among.rows[k])) continue;
        near.add(asked.rows[i]);
        break;
      }
    }
    return near;
  }

  /** Rows that have a direction, in the order of the first number of their sketches, with these beside one another. */
  #sorted(rows: Int32Array): { readonly rows: Int32Array; readonly sketches: Float32Array } {
    const { data } = this.#sketch!;
    const sorted = rows
      .filter((row) => this.#norms[row] > 0)
      .sort((a, b) => data[a * DIRECTIONS] - data[b * DIRECTIONS]);
    const sketches = new Float32Array(sorted.length * DIRECTIONS);
    sorted.forEach((row, i) => sketches.set(data.subarray(row * DIRECTIONS, (row + 1) * DIRECTIONS), i * DIRECTIONS));
    return { rows: sorted, sketches };
  }

  #areNear(row: number, other: number): boolean {
    const [a, b] = [rowView(this.#x, row), rowView(this.#x, other)];
    let product = 0;
    for (let j = 0; j < a.length; j++) product += a[j] * b[j];
    return product > NEAR_COSINE * this.#norms[row] * this.#norms[other];
  }
}

function agree(a: Float32Array, i: number, b: Float32Array, k: number): boolean {
  for (let s = 1; s < DIRECTIONS; s++)
    if (Math.abs(a[i * DIRECTIONS + s] - b[k * DIRECTIONS + s]) > MOST_DISTANCE) return false;
  return true;
}

/** Each row of length 1 along a few random directions of length 1. */
function sketchOf(x: Matrix, norms: Float64Array): Matrix {
  const { rows, cols, data } = x;
  const random = new Random(0);
  const sketch = new Float32Array(rows * DIRECTIONS);
  borrow((workspace) => {
    const directions = Dense.of(workspace, cols, DIRECTIONS);
    const units = Dense.of(workspace, rows, cols);
    const product = Dense.of(workspace, rows, DIRECTIONS);
    const entries = directions.view();
    for (let k = 0; k < entries.length; k++) entries[k] = random.normal();
    for (let s = 0; s < DIRECTIONS; s++) {
      let squares = 0;
      for (let j = 0; j < cols; j++) squares += entries[j * DIRECTIONS + s] ** 2;
      for (let j = 0; j < cols; j++) entries[j * DIRECTIONS + s] /= Math.sqrt(squares);
    }
    const copied = units.view();
    for (let i = 0, k = 0; i < rows; i++)
      for (let j = 0; j < cols; j++, k++) copied[k] = norms[i] > 0 ? data[k] / norms[i] : 0;
    product.setProduct(units, directions);
    sketch.set(product.view());
  });
  return { data: sketch, rows, cols: DIRECTIONS };
}

function normOf(row: Float32Array): number {
  let squares = 0;
  for (const entry of row) squares += entry * entry;
  return Math.sqrt(squares);
}
