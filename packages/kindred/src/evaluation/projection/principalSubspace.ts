import { Dense } from "../../kernels/dense.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix, zeros } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";

/** Options of {@link principalSubspace}. */
export interface SubspaceOptions {
  /** More rows than this add little: so many are drawn; default 4096. */
  readonly mostRows?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Rows that are multiplied at once. */
const ROWS_AT_ONCE = 1024;
/** Each takes what lies outside the subspace down by the ratio of the variances once more. */
const ITERATIONS = 2;

/**
 * A few directions that hold nearly as much of rows as as many principal ones (around the origin, not the mean), without an
 * eigenvalue problem of all columns: random directions are multiplied by X and by X' in turn, and made orthonormal each time. About
 * 8 n d count operations, all but few of them in products of matrices.
 *
 * @param input n x d
 * @param count how many, 1 .. d
 * @returns d x count: orthonormal columns, rows times which are their coordinates. A column is zero where rows have no more directions.
 * @throws RangeError when count or an option is out of bounds
 * Source: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011, algorithm 4.4.
 */
export function principalSubspace(input: MatrixLike, count: number, options: SubspaceOptions = {}): Matrix {
  const all = toMatrix(input, "input");
  const { mostRows = 4096, seed = 0 } = options;
  checkNumber(count, "count", { atLeast: 1, atMost: all.cols, integer: true });
  checkNumber(mostRows, "mostRows", { atLeast: 1, integer: true });
  const random = new Random(seed);
  const x = all.rows <= mostRows ? all : takeRows(all, someOf(all.rows, mostRows, random));
  let basis = zeros(x.cols, count);
  for (let k = 0; k < basis.data.length; k++) basis.data[k] = random.normal();
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const along = times(x, basis);
    makeOrthonormal(along);
    basis = timesTransposed(x, along);
    makeOrthonormal(basis);
  }
  return basis;
}

function someOf(rows: number, count: number, random: Random): Int32Array {
  return random
    .shuffle(Int32Array.from({ length: rows }, (_, i) => i))
    .slice(0, count)
    .sort();
}

/** X B */
function times(x: Matrix, basis: Matrix): Matrix {
  const out = zeros(x.rows, basis.cols);
  inParts(x, (part, start, workspace) => {
    const factor = denseOf(workspace, basis);
    const product = Dense.of(workspace, part.rows, basis.cols);
    product.setProduct(part, factor);
    out.data.set(product.view(), start * basis.cols);
  });
  return out;
}

/** X' Y */
function timesTransposed(x: Matrix, y: Matrix): Matrix {
  const out = zeros(x.cols, y.cols);
  inParts(x, (part, start, workspace) => {
    const other = Dense.of(workspace, part.rows, y.cols);
    other.view().set(y.data.subarray(start * y.cols, (start + part.rows) * y.cols));
    const product = Dense.of(workspace, x.cols, y.cols);
    product.setProduct(part.transposed, other);
    const added = product.view();
    for (let k = 0; k < added.length; k++) out.data[k] += added[k];
  });
  return out;
}

/** Hands over some rows at a time. */
function inParts(x: Matrix, work: (part: Dense, start: number, workspace: Workspace) => void): void {
  for (let start = 0; start < x.rows; start += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, x.rows - start);
    const data = x.data.subarray(start * x.cols, (start + rows) * x.cols);
    borrow((workspace) => work(denseOf(workspace, { data, rows, cols: x.cols }), start, workspace));
  }
}

function denseOf(workspace: Workspace, { data, rows, cols }: Matrix): Dense {
  const copy = Dense.of(workspace, rows, cols);
  copy.view().set(data);
  return copy;
}

/**
 * Makes columns orthonormal, each with those before it: twice by the Cholesky factor of their products, which is exact where
 * columns are far from dependent; a column that depends on those before it becomes zero.
 */
function makeOrthonormal(basis: Matrix): void {
  for (let pass = 0; pass < 2; pass++) {
    scaleColumns(basis);
    basis.data.set(times(basis, invertedCholesky(productsOfColumns(basis), basis.cols)).data);
  }
}

/** Brings each column that is not zero to length 1. */
function scaleColumns({ data, rows, cols }: Matrix): void {
  const squares = new Float64Array(cols);
  for (let i = 0, k = 0; i < rows; i++) for (let c = 0; c < cols; c++, k++) squares[c] += data[k] * data[k];
  const factors = squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0));
  for (let i = 0, k = 0; i < rows; i++) for (let c = 0; c < cols; c++, k++) data[k] *= factors[c];
}

function productsOfColumns({ data, rows, cols }: Matrix): Float64Array {
  const products = new Float64Array(cols * cols);
  inParts({ data, rows, cols }, (part, _, workspace) => {
    const gram = Dense.of(workspace, cols, cols);
    gram.setGram(part);
    const added = gram.view();
    for (let k = 0; k < added.length; k++) products[k] += added[k];
  });
  return products;
}

/** The inverse of the upper factor R of a positive matrix R'R, of which the diagonal and what is right of it are given. */
function invertedCholesky(products: Float64Array, n: number): Matrix {
  const r = products;
  const least = 1e-6;
  for (let i = 0; i < n; i++) {
    const pivot = r[i * n + i];
    const root = pivot > least ? Math.sqrt(pivot) : Infinity;
    for (let j = i; j < n; j++) r[i * n + j] /= root;
    for (let k = i + 1; k < n; k++) {
      const factor = r[i * n + k];
      if (factor !== 0) for (let j = k; j < n; j++) r[k * n + j] -= factor * r[i * n + j];
    }
    r[i * n + i] = root;
  }
  const inverse = zeros(n, n);
  const row = new Float64Array(n);
  // row i of R^-1 from those below it: R R^-1 = 1
  for (let i = n - 1; i >= 0; i--) {
    row.fill(0, i);
    for (let k = i + 1; k < n; k++) {
      const factor = r[i * n + k];
      if (factor !== 0) for (let j = k; j < n; j++) row[j] -= factor * inverse.data[k * n + j];
    }
    row[i] = 1;
    for (let j = i; j < n; j++) inverse.data[i * n + j] = row[j] / r[i * n + i];
  }
  return inverse;
}
