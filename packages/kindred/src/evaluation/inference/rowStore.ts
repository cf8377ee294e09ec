import { type Matrix, zeros } from "../../matrix/matrix.ts";

/** How an index keeps embeddings: as they are, in a byte an entry, or in a bit an entry. */
export type RowStorage = "float32" | "int8" | "bits";

export const storages: readonly RowStorage[] = ["float32", "int8", "bits"];

/** Embeddings in fewer bytes: row i of `codes` and, for int8, its scale. */
export interface StoredRows {
  readonly storage: RowStorage;
  readonly rows: number;
  readonly cols: number;
  readonly codes: Uint8Array;
  /** int8: entry = code * scale. bits: the root mean square of the row, entry = +-scale. float32: none. */
  readonly scales: Float32Array;
}

/** The largest step of which 127 are still a float32. */
const LARGEST_STEP = Math.fround((((2 - 2 ** -23) * 2 ** 127) / 127) * (1 - 2 ** -24));

/** Bytes that a row's codes take. */
export function rowBytes(storage: RowStorage, cols: number): number {
  return storage === "float32" ? 4 * cols : storage === "int8" ? cols : Math.ceil(cols / 8);
}

/**
 * Keeps embeddings as `storage` says. int8 rounds to 255 steps between -max |x| and max |x| of the row; an entry is off by at
 * most max |x| / 254. bits keeps the signs and the row's length, which is in reach of float32 wherever its entries are.
 */
export function encodeRows({ data, rows, cols }: Matrix, storage: RowStorage): StoredRows {
  const width = rowBytes(storage, cols);
  const codes = new Uint8Array(rows * width);
  if (storage === "float32") {
    codes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { storage, rows, cols, codes, scales: new Float32Array(0) };
  }
  const scales = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const to = codes.subarray(i * width, (i + 1) * width);
    scales[i] = storage === "int8" ? encodeBytes(row, to) : encodeSigns(row, to);
  }
  return { storage, rows, cols, codes, scales };
}

/** The embeddings of rows start .. end - 1, as near as the codes tell. */
export function decodeRows({ storage, cols, codes, scales }: StoredRows, start: number, end: number): Matrix {
  const out = zeros(end - start, cols);
  const width = rowBytes(storage, cols);
  if (storage === "float32") {
    new Uint8Array(out.data.buffer).set(codes.subarray(start * width, end * width));
    return out;
  }
  const signs = new Int8Array(codes.buffer, codes.byteOffset, codes.byteLength);
  for (let i = start, k = 0; i < end; i++) {
    const scale = scales[i];
    for (let j = 0; j < cols; j++) {
      if (storage === "int8") out.data[k++] = signs[i * width + j] * scale;
      else out.data[k++] = (codes[i * width + (j >> 3)] >> (j & 7)) & 1 ? scale : -scale;
    }
  }
  return out;
}

/** Both one below the other. */
export function appendRows(first: StoredRows, second: StoredRows): StoredRows {
  const codes = new Uint8Array(first.codes.length + second.codes.length);
  codes.set(first.codes);
  codes.set(second.codes, first.codes.length);
  const scales = new Float32Array(first.scales.length + second.scales.length);
  scales.set(first.scales);
  scales.set(second.scales, first.scales.length);
  return { ...first, rows: first.rows + second.rows, codes, scales };
}

function encodeBytes(row: Float32Array, to: Uint8Array): number {
  let largest = 0;
  for (const x of row) largest = Math.max(largest, Math.abs(x));
  const scale = Math.min(Math.fround(largest / 127), LARGEST_STEP);
  if (scale > 0) row.forEach((x, j) => (to[j] = Math.max(-127, Math.min(127, Math.round(x / scale)))));
  return scale;
}

function encodeSigns(row: Float32Array, to: Uint8Array): number {
  let squares = 0;
  row.forEach((x, j) => {
    squares += x * x;
    if (x > 0) to[j >> 3] |= 1 << (j & 7);
  });
  return Math.sqrt(squares / Math.max(1, row.length));
}
