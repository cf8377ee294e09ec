import { describe } from "./checks.ts";
import { isTensor, tensorRows, type TensorLike } from "./tensor.ts";

/**
 * A dense matrix, row-major: entry (i, j) is `data[i * cols + j]`. A row is one embedding.
 * Nothing in kindred writes to a matrix it was given.
 */
export interface Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/** A row of numbers. */
export type RowLike = readonly number[] | Float32Array | Float64Array;

/**
 * What is accepted as a matrix: a {@link Matrix} or a tensor with two axes, whose Float32Array is used without a copy, or an
 * array of equally long rows.
 */
export type MatrixLike = Matrix | TensorLike | readonly RowLike[];

/**
 * A matrix of zeros, `rows` x `cols`.
 *
 * @throws RangeError when they are no whole numbers >= 0, or the memory does not hold so many numbers
 */
export function zeros(rows: number, cols: number): Matrix {
  if (!isCount(rows) || !isCount(cols))
    throw new RangeError(`a matrix of ${describe(rows)} x ${describe(cols)} is none; give whole numbers >= 0`);
  try {
    return { data: new Float32Array(rows * cols), rows, cols };
  } catch {
    const gigabytes = Number(((rows * cols * 4) / 1e9).toPrecision(3)).toLocaleString("en");
    throw new RangeError(
      `${rows} x ${cols} numbers are ${gigabytes} GB, more than the memory holds; use fewer rows or columns`,
    );
  }
}

/** A matrix of the same shape, all of whose entries are 0. */
export function zerosLike({ rows, cols }: Matrix): Matrix {
  return zeros(rows, cols);
}

/** The most numbers of a matrix that is learned or remembered: 2 GB, what the kernels' memory holds. */
const MOST_LEARNED = 2 ** 29;

/**
 * A matrix of zeros that is to be learned or remembered, and so has to fit into the kernels' memory.
 *
 * @param what it is, for the error's sentence
 * @throws RangeError when it does not fit
 */
export function learnedZeros(rows: number, cols: number, what: string): Matrix {
  if (rows * cols > MOST_LEARNED)
    throw new RangeError(
      `${what} of ${rows} x ${cols} would be ${rows * cols} numbers; at most ${MOST_LEARNED} (2 GB) are possible`,
    );
  return zeros(rows, cols);
}

/** Row `i` as a view into the matrix, not a copy. */
export function rowView(matrix: Matrix, i: number): Float32Array {
  return matrix.data.subarray(i * matrix.cols, (i + 1) * matrix.cols);
}

/**
 * The rows `indices` of a matrix, copied in that order.
 */
export function takeRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const out = zeros(indices.length, matrix.cols);
  for (let r = 0; r < indices.length; r++) out.data.set(rowView(matrix, indices[r]), r * matrix.cols);
  return out;
}

/**
 * Checks `input` and gives it as a {@link Matrix}: a Matrix is returned as it is, a tensor's Float32Array is kept, other
 * numbers are copied to float32.
 *
 * @param input the matrix or its rows
 * @param name what the caller calls it, for the error's sentence
 * @throws TypeError when it is no matrix; RangeError when its shape is not that of its data, or when it holds NaN or an
 *   infinity (the first such row and column are named)
 */
export function toMatrix(input: MatrixLike, name: string): Matrix {
  const matrix = matrixOf(input, name);
  checkFinite(matrix, name);
  return matrix;
}

/**
 * {@link toMatrix} of scores, among which -Infinity may stand as well: the score of what is out of the question.
 *
 * @throws as toMatrix does
 */
export function toScores(input: MatrixLike, name: string): Matrix {
  const matrix = matrixOf(input, name);
  if (matrix.data.includes(-Infinity))
    checkFinite({ ...matrix, data: matrix.data.map((score) => (score === -Infinity ? 0 : score)) }, name);
  else checkFinite(matrix, name);
  return matrix;
}

function matrixOf(input: MatrixLike, name: string): Matrix {
  if (isMatrix(input)) return checkShape(input, name);
  return isTensor(input) ? tensorRows(input, name) : fromRows(input, name);
}

/** Whether `value` has the shape of a {@link Matrix}. */
export function isMatrix(value: unknown): value is Matrix {
  return typeof value === "object" && value !== null && "data" in value && "rows" in value && "cols" in value;
}

function checkShape(matrix: Matrix, name: string): Matrix {
  const { data, rows, cols } = matrix;
  if (!(data instanceof Float32Array))
    throw new TypeError(`${name}.data is ${describe(data)}; give a Float32Array, such as Float32Array.from(data)`);
  if (!isCount(rows) || !isCount(cols))
    throw new RangeError(`${name} has rows = ${describe(rows)} and cols = ${describe(cols)}; give whole numbers >= 0`);
  if (data.length !== rows * cols)
    throw new RangeError(`${name}.data has ${data.length} entries; ${rows} rows of ${cols} need ${rows * cols}`);
  return matrix;
}

function fromRows(input: readonly RowLike[], name: string): Matrix {
  if (!isArray(input))
    throw new TypeError(`${name} is ${describe(input)}; give { data: Float32Array, rows, cols } or an array of rows`);
  const cols = checkRows(input, name);
  const matrix = zeros(input.length, cols);
  for (let i = 0, k = 0; i < input.length; i++) {
    const row: ArrayLike<unknown> = input[i];
    for (let j = 0; j < cols; j++, k++) {
      const entry = row[j];
      if (typeof entry !== "number")
        throw new TypeError(`row ${i}, column ${j} of ${name} is ${describe(entry)}; give a number`);
      matrix.data[k] = entry;
    }
  }
  return matrix;
}

/** How wide the rows are. A hole among them is met as undefined. */
function checkRows(input: readonly RowLike[], name: string): number {
  const cols = input[0]?.length ?? 0;
  for (let i = 0; i < input.length; i++) {
    const row: unknown = input[i];
    if (!isArray(row) && !(row instanceof Float32Array) && !(row instanceof Float64Array))
      throw new TypeError(`row ${i} of ${name} is ${describe(row)}; each row is an array of numbers`);
    if (row.length !== cols)
      throw new RangeError(
        `row ${i} of ${name} has ${row.length} entries, row 0 has ${cols}; rows must be equally long`,
      );
  }
  return cols;
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function checkFinite({ data, cols }: Matrix, name: string): void {
  if (isAllFinite(data)) return;
  for (let k = 0; k < data.length; k++) {
    if (Number.isFinite(data[k])) continue;
    throw new RangeError(
      `${name} holds ${data[k]} at row ${Math.floor(k / cols)}, column ${k % cols}; every entry must be a finite float32`,
    );
  }
}

/** Whether no entry is NaN or an infinity. 0 x is 0 for every finite x and NaN for all others; four sums side by side do not wait for each other. */
export function isAllFinite(data: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length & ~3;
  for (let k = 0; k < whole; k += 4) {
    a += 0 * data[k];
    b += 0 * data[k + 1];
    c += 0 * data[k + 2];
    d += 0 * data[k + 3];
  }
  for (let k = whole; k < data.length; k++) a += 0 * data[k];
  return a + b + c + d === 0;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
