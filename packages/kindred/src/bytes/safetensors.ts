import { describe } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { arraysFromBytes, arraysToBytes, METADATA } from "./arrayFile.ts";
import { isJsonObject } from "./jsonObject.ts";

/** What a safetensors file holds. */
export interface TensorFile {
  /** Matrices by name. */
  readonly tensors: Readonly<Record<string, Matrix>>;
  /** Words by name, the checksum left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The CRC-32 of all that the file holds, in hexadecimal, when it was written with one; else null. */
  readonly checksum: string | null;
}

/**
 * Matrices as the bytes of a safetensors file: the header's length (8 bytes), the header as JSON, the entries as float32,
 * little-endian. Any framework reads it. Its `__metadata__` has a checksum of all that the file holds: `checksum`, which is "crc32", and `crc32`.
 *
 * @param tensors by name
 * @param metadata words to keep beside them, by name
 * @returns new bytes, the entries at a multiple of 8
 * @throws TypeError when a tensor is no matrix or the metadata are no words; RangeError for a name that the format keeps
 *
 * Source: https://github.com/huggingface/safetensors (format)
 */
export function tensorsToBytes(
  tensors: Readonly<Record<string, Matrix>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const arrays = Object.entries(tensors).map(([name, matrix]) => {
    checkTensor(matrix, name);
    return [name, { data: matrix.data, shape: [matrix.rows, matrix.cols] }] as const;
  });
  return arraysToBytes(Object.fromEntries(arrays), metadata);
}

/**
 * The matrices of a safetensors file. It is refused unless all of it is as it must be, before any memory is taken: each
 * matrix float32 of two dimensions, one behind the other without overlap or gap to the very end, its checksum right where it
 * has one.
 *
 * @param bytes any Uint8Array, a Buffer of Node or a view at any offset among them
 * @returns copies
 * @throws TypeError when it is no Uint8Array; RangeError when the file is damaged, or holds other than float32 matrices
 */
export function tensorsFromBytes(bytes: Uint8Array): TensorFile {
  const { arrays, metadata, checksum } = arraysFromBytes(bytes, checkMatrix);
  const tensors = Object.entries(arrays).map(
    ([
      name,
      {
        data,
        shape: [rows, cols],
      },
    ]): [string, Matrix] => [name, { data: data as Float32Array, rows, cols }],
  );
  return { tensors: Object.fromEntries(tensors), metadata, checksum };
}

function checkMatrix(type: unknown, shape: unknown, name: string): void {
  if (type !== "F32" || !Array.isArray(shape) || shape.length !== 2)
    throw new RangeError(
      `${name} of the safetensors file is ${describe(type)} of shape ${JSON.stringify(shape)}; a float32 matrix is needed, "F32" of two dimensions`,
    );
}

function checkTensor(given: unknown, name: string): void {
  if (name === METADATA)
    throw new RangeError(`a tensor is named ${METADATA}, which the format keeps; take another name`);
  const { data, rows, cols } = (isJsonObject(given) ? given : {}) as Partial<Matrix>;
  const isCount = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;
  if (!(data instanceof Float32Array) || !isCount(rows) || !isCount(cols) || data.length !== rows! * cols!)
    throw new TypeError(
      `the tensor ${describe(name)} is no matrix; give { data: Float32Array, rows, cols } with rows x cols entries`,
    );
}
