import { withinFloat } from "../../matrix/float.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";

/** What is added to the largest float32 and lost in its rounding. */
const HARMLESS = 2 ** 100;

type Floats = Float32Array | Float64Array;

/** The length of a row, and of which kind it is. */
interface RowNorm {
  /** |x|_p */
  readonly norm: number;
  readonly p: number;
}

/** Below this norm a row is divided by it instead of by its norm, as PML does. */
const SMALLEST_NORM = 1e-12;

/** Sums of powers below this may have lost terms to float64's range. */
const SMALLEST_POWER = 1e-290;

/** The p-norm of `length` floats from `start`: (sum |x|^p)^(1/p), or max |x| for p = Infinity. */
export function norm(data: Float32Array, start: number, length: number, p: number): number {
  if (p !== 2) return powerNorm(data, start, length, p);
  let total = 0;
  for (let k = start; k < start + length; k++) total += data[k] * data[k];
  return Math.sqrt(total);
}

/** {@link norm} for any p, by powers. Where they leave float64's range, the largest entry is taken out first. */
export function powerNorm(data: Floats, start: number, length: number, p: number): number {
  const end = start + length;
  if (p !== Infinity) {
    let total = 0;
    for (let k = start; k < end; k++) total += Math.abs(data[k]) ** p;
    if (total > SMALLEST_POWER && total < Infinity) return total ** (1 / p);
  }
  let largest = 0;
  for (let k = start; k < end; k++) largest = Math.max(largest, Math.abs(data[k]));
  if (p === Infinity || largest === 0) return largest;
  let total = 0;
  for (let k = start; k < end; k++) total += (Math.abs(data[k]) / largest) ** p;
  return largest * total ** (1 / p);
}

/** What a row of norm `norm` is divided by. */
export function divisorOf(norm: number): number {
  return Math.max(norm, SMALLEST_NORM);
}

/** Whether a row of this norm was divided by its norm, so that its length is gone and its direction is left. */
export function hasDirection(norm: number): boolean {
  return norm > SMALLEST_NORM;
}

/** What a slope is multiplied by on its way back through the division; 0 for the zero vector. */
export function slopeFactor(norm: number): number {
  return norm === 0 ? 0 : 1 / divisorOf(norm);
}

/**
 * Pulls a slope back through x -> u = x / |x|_p: g_x = (g - (g . u) d|x|_p/dx) / |x|_p. The zero vector has no direction:
 * its slope is 0.
 *
 * @param slope d value / d u
 * @param unit u, the normalized row
 * @param length |x|_p before normalizing
 * @param out where d value / d x is written
 */
export function pullThroughNormalization(slope: Float64Array, unit: Floats, { norm, p }: RowNorm, out: Floats): void {
  if (!hasDirection(norm)) {
    for (let k = 0; k < out.length; k++) out[k] = slope[k] * slopeFactor(norm);
    return;
  }
  let along = 0;
  for (let k = 0; k < out.length; k++) along += slope[k] * unit[k];
  const ties = p === Infinity ? countLargest(unit, 1) : 1;
  for (let k = 0; k < out.length; k++) out[k] = (slope[k] - along * normSlope(unit[k], p, ties)) / norm;
}

/** d|x|_p / dx_k by the entry u_k = x_k / |x|_p: sign(u) |u|^(p-1); for p = Infinity shared by the largest entries. */
function normSlope(u: number, p: number, ties: number): number {
  if (p === 2) return u;
  if (p === Infinity) return Math.abs(u) >= 1 ? Math.sign(u) / ties : 0;
  return u === 0 ? 0 : Math.sign(u) * Math.abs(u) ** (p - 1);
}

/** How many entries share the largest size. */
function countLargest(row: Floats, largest: number): number {
  let ties = 0;
  for (const entry of row) if (Math.abs(entry) >= largest) ties++;
  return Math.max(1, ties);
}

/** The p-norm of every row. */
export function normsOfRows({ data, rows, cols }: Matrix, p: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => norm(data, i * cols, cols, p));
}

/** Every row divided by its p-norm. */
export function normalizeRows({ data, rows, cols }: Matrix, p: number): Matrix {
  const out = zeros(rows, cols);
  for (let start = 0; start < data.length; start += cols) {
    const divisor = divisorOf(norm(data, start, cols, p));
    for (let k = start; k < start + cols; k++) out.data[k] = data[k] / divisor;
  }
  return out;
}

/** The slopes with respect to rows, from those with respect to {@link normalizeRows} of them. */
export function pullThroughNormalizedRows(matrix: Matrix, slopes: Matrix, p: number): Matrix {
  const { rows, cols } = matrix;
  const unit = normalizeRows(matrix, p).data;
  const out = zeros(rows, cols);
  for (let start = 0; start < rows * cols; start += cols) {
    const end = start + cols;
    const slope = Float64Array.from(slopes.data.subarray(start, end));
    const length = { norm: norm(matrix.data, start, cols, p), p };
    pullThroughNormalization(slope, unit.subarray(start, end), length, out.data.subarray(start, end));
  }
  return out;
}

/**
 * Adds factor d|x|_p / dx to `out` for each row x: sign(x) (|x| / |x|_p)^(p-1), for p = Infinity shared by the largest
 * entries. The zero vector has no slope.
 *
 * @param norms |x|_p of each row; @param factors one a row
 */
export function addNormSlopes(
  { data, cols }: Matrix,
  norms: Float64Array,
  p: number,
  factors: Float64Array,
  out: Floats,
): void {
  for (let i = 0; i < norms.length; i++) {
    if (norms[i] === 0 || factors[i] === 0) continue;
    const [start, end] = [i * cols, (i + 1) * cols];
    if (p === 2) {
      const perUnit = factors[i] / norms[i];
      if (Math.abs(factors[i]) <= HARMLESS) for (let k = start; k < end; k++) out[k] += perUnit * data[k];
      else for (let k = start; k < end; k++) out[k] = withinFloat(out[k] + perUnit * data[k]);
      continue;
    }
    const ties = p === Infinity ? countLargest(data.subarray(start, end), norms[i]) : 1;
    for (let k = start; k < end; k++)
      out[k] = withinFloat(out[k] + factors[i] * normSlope(data[k] / norms[i], p, ties));
  }
}
