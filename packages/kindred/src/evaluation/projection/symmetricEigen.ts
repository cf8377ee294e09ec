import { Random } from "../../matrix/random.ts";

/** The largest eigenvalues of a symmetric matrix, the largest first, and their eigenvectors. */
interface SymmetricEigen {
  readonly values: Float64Array;
  /** count x n: one eigenvector of length 1 a row, orthogonal to the others. */
  readonly vectors: Float64Array;
}

/** Steps of the QL iteration that one eigenvalue may take; two or three are usual. */
const MOST_STEPS = 60;
const EPSILON = 2 ** -52;
/** Solves that an eigenvector takes: the second reaches rounding error. */
const SOLVES = 2;
/** Eigenvalues nearer than this share of the largest have vectors that inverse iteration mixes beyond rounding error ... */
const CLOSE = 1e-3;
/** ... and nearer than this so much that each solve must be kept from it. */
const TIGHT = 1e-6;

/**
 * The `count` largest eigenvalues of a symmetric n x n matrix and their eigenvectors: Householder reflections bring it to
 * tridiagonal form, QL iterations with implicit shifts find the eigenvalues, inverse iteration the vectors asked for, and
 * the reflections turn them back. About 4/3 n^3 + 4 n^2 count operations.
 *
 * @param a n x n, row-major, finite, of which the diagonal and what is right of it are read; used up
 * @param count 1 .. n
 *
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition, sections 8.3 and 8.4.2.
 */
export function symmetricEigen(a: Float64Array, n: number, count: number): SymmetricEigen {
  const { diagonal, offDiagonal, factors } = tridiagonal(a, n);
  const values = eigenvalues(diagonal.slice(), offDiagonal.slice()).sort().reverse().slice(0, count);
  const vectors = eigenvectors(diagonal, offDiagonal, values);
  reflectBack(vectors, count, a, factors, n);
  return { values, vectors };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i couples i and i + 1; the last is 0. */
  readonly offDiagonal: Float64Array;
  /** Reflection k is 1 - factors[k] v v', with v in row k of the matrix right of its diagonal. */
  readonly factors: Float64Array;
}

/** Brings `a` to tridiagonal form, of which the diagonal and what is right of it are used; they then hold the reflections. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const factors = new Float64Array(n);
  // of the reflection before: A <- A - v w' - w v' is still to be done, from row k on
  let before: Change = { v: new Float64Array(n), w: new Float64Array(n) };
  let next: Float64Array = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const v = a.subarray(k * n, (k + 1) * n);
    changeRow(v, k, before);
    diagonal[k] = v[k];
    if (k + 1 === n) break;
    const factor = reflectionOf(v, k, offDiagonal);
    factors[k] = factor;
    const along = changeAndMultiply(a, k + 1, before, v, next);
    for (let i = k + 1; i < n; i++) next[i] = factor * (next[i] - ((factor * along) / 2) * v[i]);
    [before, next] = [{ v, w: next }, before.w];
  }
  return { diagonal, offDiagonal, factors };
}

/** A <- A - v w' - w v' */
interface Change {
  readonly v: Float64Array;
  readonly w: Float64Array;
}

/** Row k of A - v w' - w v', from its diagonal on. */
function changeRow(row: Float64Array, k: number, { v, w }: Change): void {
  const [vk, wk] = [v[k], w[k]];
  for (let j = k; j < row.length; j++) row[j] -= vk * w[j] + wk * v[j];
}

/**
 * Makes what is right of entry k of a row the vector v of the reflection 1 - factor v v' that leaves of it one entry only,
 * which goes to offDiagonal[k].
 *
 * @returns the factor; 0 where none is needed
 */
function reflectionOf(v: Float64Array, k: number, offDiagonal: Float64Array): number {
  const n = v.length;
  let largest = 0;
  for (let j = k + 1; j < n; j++) largest = Math.max(largest, Math.abs(v[j]));
  let squares = 0;
  for (let j = k + 1; j < n; j++) squares += largest === 0 ? 0 : (v[j] / largest) ** 2;
  const norm = largest * Math.sqrt(squares);
  // a row that is zero, or has its first entry only, needs no reflection
  if (norm === Math.abs(v[k + 1])) {
    offDiagonal[k] = v[k + 1];
    return 0;
  }
  offDiagonal[k] = v[k + 1] > 0 ? -norm : norm;
  // v - offDiagonal e1, scaled so that its first entry is 1
  const first = v[k + 1] - offDiagonal[k];
  for (let j = k + 2; j < n; j++) v[j] /= first;
  v[k + 1] = 1;
  return -first / offDiagonal[k];
}

/**
 * The change before, and the product A u of what comes of it, in one pass: from row `first` on. The matrix is too large for
 * the caches, so that each pass over it counts.
 *
 * @param product gets A u
 * @returns u' A u
 */
function changeAndMultiply(
  a: Float64Array,
  first: number,
  { v, w }: Change,
  u: Float64Array,
  product: Float64Array,
): number {
  const n = u.length;
  product.fill(0);
  for (let i = first; i < n; i++) {
    const row = a.subarray(i * n, (i + 1) * n);
    const [vi, wi, ui] = [v[i], w[i], u[i]];
    row[i] -= 2 * vi * wi;
    let sum = row[i] * ui;
    for (let j = i + 1; j < n; j++) {
      const entry = row[j] - (vi * w[j] + wi * v[j]);
      row[j] = entry;
      sum += entry * u[j];
      product[j] += entry * ui;
    }
    product[i] += sum;
  }
  let along = 0;
  for (let i = first; i < n; i++) along += product[i] * u[i];
  return along;
}

/** All eigenvalues of a tridiagonal matrix, in no order; both arrays are used up. */
function eigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length;
  for (let l = 0; l < n; l++) {
    for (let step = 0; step < MOST_STEPS; step++) {
      let m = l;
      while (m < n - 1 && !isNegligible(offDiagonal[m], diagonal[m], diagonal[m + 1])) m++;
      if (m === l) break;
      qlStep(diagonal, offDiagonal, l, m);
    }
  }
  return diagonal;
}

function isNegligible(coupling: number, first: number, second: number): boolean {
  return Math.abs(coupling) <= EPSILON * (Math.abs(first) + Math.abs(second)) || Math.abs(coupling) < 1e-300;
}

/** One step on the block l .. m: Wilkinson's shift, then rotations that chase the bulge from m up to l. */
function qlStep(diagonal: Float64Array, offDiagonal: Float64Array, l: number, m: number): void {
  const theta = (diagonal[l + 1] - diagonal[l]) / (2 * offDiagonal[l]);
  const root = Math.hypot(theta, 1);
  let g = diagonal[m] - diagonal[l] + offDiagonal[l] / (theta + (theta < 0 ? -root : root));
  let s = 1;
  let c = 1;
  let shift = 0;
  for (let i = m - 1; i >= l; i--) {
    const bulge = s * offDiagonal[i];
    const b = c * offDiagonal[i];
    const r = Math.hypot(bulge, g);
    offDiagonal[i + 1] = r;
    if (r === 0) {
      // the block falls apart here
      diagonal[i + 1] -= shift;
      offDiagonal[m] = 0;
      return;
    }
    s = bulge / r;
    c = g / r;
    g = diagonal[i + 1] - shift;
    const t = (diagonal[i] - g) * s + 2 * c * b;
    shift = s * t;
    diagonal[i + 1] = g + shift;
    g = c * t - b;
  }
  diagonal[l] -= shift;
  offDiagonal[l] = g;
  offDiagonal[m] = 0;
}

/** The eigenvectors of a tridiagonal matrix for descending eigenvalues, by inverse iteration from random vectors. */
function eigenvectors(diagonal: Float64Array, offDiagonal: Float64Array, values: Float64Array): Float64Array {
  const n = diagonal.length;
  const size = normOf(diagonal, offDiagonal);
  const vectors = new Float64Array(values.length * n);
  const random = new Random(0);
  const system = new ShiftedTridiagonal(diagonal, offDiagonal, EPSILON * size);
  let shift = Infinity;
  let [firstClose, firstTight] = [0, 0];
  for (let c = 0; c < values.length; c++) {
    // equal eigenvalues are held a little apart, so that their solves differ
    shift = Math.min(values[c], shift - 2 * EPSILON * size);
    if (c > 0 && values[c - 1] - values[c] > CLOSE * size) firstClose = c;
    if (c > 0 && values[c - 1] - values[c] > TIGHT * size) firstTight = c;
    system.factorize(shift);
    const vector = vectors.subarray(c * n, (c + 1) * n);
    for (let j = 0; j < n; j++) vector[j] = random.normal();
    for (let solve = 0; solve < SOLVES; solve++) {
      // a matrix of zeros has any vectors
      if (size > 0) system.solve(vector);
      toUnit(vector);
      // a second pass takes out what rounding left of the first
      for (let pass = 0; pass <= solve; pass++) {
        takeOutAll(vector, vectors.subarray(firstTight * n, c * n));
        toUnit(vector);
      }
    }
    takeOutAll(vector, vectors.subarray(firstClose * n, firstTight * n));
    toUnit(vector);
  }
  return vectors;
}

/** The largest sum of the absolute entries of a row. */
function normOf(diagonal: Float64Array, offDiagonal: Float64Array): number {
  let norm = 0;
  for (let i = 0; i < diagonal.length; i++) {
    const before = i > 0 ? Math.abs(offDiagonal[i - 1]) : 0;
    norm = Math.max(norm, before + Math.abs(diagonal[i]) + Math.abs(offDiagonal[i]));
  }
  return norm;
}

/** T - shift, factorized by elimination with row exchanges; a pivot smaller than `least` is taken for it. */
class ShiftedTridiagonal {
  readonly #diagonal: Float64Array;
  readonly #offDiagonal: Float64Array;
  readonly #least: number;
  readonly #pivots: Float64Array;
  /** The first and the second entry right of each pivot. */
  readonly #right: Float64Array;
  readonly #farRight: Float64Array;
  readonly #multipliers: Float64Array;
  readonly #isExchanged: Uint8Array;

  constructor(diagonal: Float64Array, offDiagonal: Float64Array, least: number) {
    const n = diagonal.length;
    this.#diagonal = diagonal;
    this.#offDiagonal = offDiagonal;
    this.#least = least;
    this.#pivots = new Float64Array(n);
    this.#right = new Float64Array(n);
    this.#farRight = new Float64Array(n);
    this.#multipliers = new Float64Array(n);
    this.#isExchanged = new Uint8Array(n);
  }

  factorize(shift: number): void {
    const n = this.#diagonal.length;
    let pivot = this.#diagonal[0] - shift;
    let right = this.#offDiagonal[0];
    for (let i = 0; i + 1 < n; i++) {
      const below = this.#offDiagonal[i];
      const next = this.#diagonal[i + 1] - shift;
      const nextRight = this.#offDiagonal[i + 1];
      const isExchanged = Math.abs(below) > Math.abs(pivot);
      this.#isExchanged[i] = isExchanged ? 1 : 0;
      if (isExchanged) {
        const multiplier = pivot / below;
        this.#pivots[i] = below;
        this.#right[i] = next;
        this.#farRight[i] = nextRight;
        this.#multipliers[i] = multiplier;
        pivot = right - multiplier * next;
        right = -multiplier * nextRight;
      } else {
        const used = this.#bounded(pivot);
        const multiplier = below / used;
        this.#pivots[i] = used;
        this.#right[i] = right;
        this.#farRight[i] = 0;
        this.#multipliers[i] = multiplier;
        pivot = next - multiplier * right;
        right = nextRight;
      }
    }
    this.#pivots[n - 1] = this.#bounded(pivot);
  }

  /** Replaces b by the solution x of (T - shift) x = b. */
  solve(b: Float64Array): void {
    const n = b.length;
    for (let i = 0; i + 1 < n; i++) {
      if (this.#isExchanged[i] === 1) {
        const upper = b[i];
        b[i] = b[i + 1];
        b[i + 1] = upper - this.#multipliers[i] * b[i];
      } else b[i + 1] -= this.#multipliers[i] * b[i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let rest = b[i];
      if (i + 1 < n) rest -= this.#right[i] * b[i + 1];
      if (i + 2 < n) rest -= this.#farRight[i] * b[i + 2];
      b[i] = rest / this.#pivots[i];
    }
  }

  #bounded(pivot: number): number {
    return Math.abs(pivot) >= this.#least ? pivot : pivot < 0 ? -this.#least : this.#least;
  }
}

/** Divides by the length, the largest entry first, since a solution near a pole is long. */
function toUnit(vector: Float64Array): void {
  let largest = 0;
  for (const x of vector) largest = Math.max(largest, Math.abs(x));
  if (largest === 0) return;
  let squares = 0;
  for (const x of vector) squares += (x / largest) ** 2;
  const norm = Math.sqrt(squares);
  for (let j = 0; j < vector.length; j++) vector[j] = vector[j] / largest / norm;
}

/** Takes the parts along orthogonal unit vectors out, four of them in a pass. */
function takeOutAll(vector: Float64Array, units: Float64Array): void {
  const n = vector.length;
  const count = units.length / n;
  const last = count - (count % 4);
  for (let c = 0; c < last; c += 4) takeOutFour(vector, units.subarray(c * n, (c + 4) * n));
  for (let c = last; c < count; c++) {
    const unit = units.subarray(c * n, (c + 1) * n);
    let along = 0;
    for (let j = 0; j < n; j++) along += vector[j] * unit[j];
    for (let j = 0; j < n; j++) vector[j] -= along * unit[j];
  }
}

function takeOutFour(x: Float64Array, units: Float64Array): void {
  const n = x.length;
  const [u0, u1, u2, u3] = [0, 1, 2, 3].map((c) => units.subarray(c * n, (c + 1) * n));
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  for (let j = 0; j < n; j++) {
    const xj = x[j];
    a0 += xj * u0[j];
    a1 += xj * u1[j];
    a2 += xj * u2[j];
    a3 += xj * u3[j];
  }
  for (let j = 0; j < n; j++) x[j] -= a0 * u0[j] + a1 * u1[j] + (a2 * u2[j] + a3 * u3[j]);
}

/**
 * Takes eigenvectors of the tridiagonal matrix back to those of the matrix it came from: the reflections, last first. Four
 * vectors go through all of them together, so that the matrix is read once for four.
 */
function reflectBack(vectors: Float64Array, count: number, a: Float64Array, factors: Float64Array, n: number): void {
  for (let c = 0; c < count; c += 4) {
    // zeros stand in where fewer are left
    const four = [0, 1, 2, 3].map((k) =>
      c + k < count ? vectors.subarray((c + k) * n, (c + k + 1) * n) : new Float64Array(n),
    );
    for (let k = n - 2; k >= 0; k--)
      if (factors[k] !== 0) reflectFour(four, a.subarray(k * n, (k + 1) * n), k + 1, factors[k]);
  }
}

/** Vectors x <- (1 - factor v v') x, of which entries before `first` stay as they are. */
function reflectFour([x0, x1, x2, x3]: readonly Float64Array[], v: Float64Array, first: number, factor: number): void {
  const n = v.length;
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  for (let j = first; j < n; j++) {
    const vj = v[j];
    a0 += x0[j] * vj;
    a1 += x1[j] * vj;
    a2 += x2[j] * vj;
    a3 += x3[j] * vj;
  }
  a0 *= factor;
  a1 *= factor;
  a2 *= factor;
  a3 *= factor;
  for (let j = first; j < n; j++) {
    const vj = v[j];
    x0[j] -= a0 * vj;
    x1[j] -= a1 * vj;
    x2[j] -= a2 * vj;
    x3[j] -= a3 * vj;
  }
}
