import { describe } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { checksumOf } from "./checksum.ts";
import { bytesOf, floatsFrom } from "./floats.ts";
import { isJsonObject, parseJsonObject, type JsonObject } from "./jsonObject.ts";
import { plainBytes } from "./plainBytes.ts";

/** What a safetensors file holds. */
export interface TensorFile {
  /** Matrices by name. */
  readonly tensors: Readonly<Record<string, Matrix>>;
  /** Words by name, the checksum left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The CRC-32 of all that the file holds, in hexadecimal, when it was written with one; else null. */
  readonly checksum: string | null;
}

interface Entry {
  readonly dtype: "F32";
  readonly shape: readonly [rows: number, cols: number];
  readonly data_offsets: readonly [from: number, to: number];
}

type Header = Readonly<Record<string, Entry>>;

const METADATA = "__metadata__";
const CHECKSUM = "crc32";
/** Says that there is a checksum, so that a file whose CHECKSUM has lost its name is not taken for one without. */
const SEAL = "checksum";
/** As much as the format's own reader takes. */
const MOST_HEADER_BYTES = 100_000_000;

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
  let end = 0;
  const entries = Object.entries(tensors).map(([name, matrix]) => {
    checkTensor(matrix, name);
    const from = end;
    end += matrix.data.byteLength;
    return [name, { dtype: "F32", shape: [matrix.rows, matrix.cols], data_offsets: [from, end] }] as const;
  });
  checkMetadata(metadata);
  const header = Object.fromEntries(entries);
  const data = new Uint8Array(end);
  for (const [name, { data_offsets }] of entries) data.set(bytesOf(tensors[name].data), data_offsets[0]);
  const sealed = {
    [METADATA]: { [SEAL]: CHECKSUM, ...metadata, [CHECKSUM]: checksumOfAll(header, metadata, data) },
    ...header,
  };
  return framed(new TextEncoder().encode(JSON.stringify(sealed)), data);
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
  const file = plainBytes(bytes, "the safetensors file", "its bytes");
  const { json, data } = partsOf(file);
  const { [METADATA]: words = {}, ...entries } = json;
  if (!isJsonObject(words) || !isWords(words)) throw damaged("its __metadata__ are no words by name");
  const header = Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, checkEntry(entry, name)]));
  checkPlaces(header, data.length);
  const { [SEAL]: seal = null, [CHECKSUM]: checksum = null, ...metadata } = words;
  const isSealed = seal !== null || checksum !== null;
  if (isSealed && (seal !== CHECKSUM || checksum !== checksumOfAll(header, metadata, data)))
    throw damaged("its checksum is not that of its contents");
  const tensors = Object.fromEntries(
    Object.entries(header).map(
      ([
        name,
        {
          shape: [rows, cols],
          data_offsets: [from, to],
        },
      ]) => [name, { data: floatsFrom(data.subarray(from, to)), rows, cols }],
    ),
  );
  return { tensors, metadata, checksum };
}

/** Length, header and data, the header filled up with spaces so that the data begin at a multiple of 8. */
function framed(json: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, 8);
  bytes.fill(32, 8 + json.length, 8 + headerBytes);
  bytes.set(data, 8 + headerBytes);
  return bytes;
}

function partsOf(file: Uint8Array): { json: JsonObject; data: Uint8Array } {
  if (file.length < 8) throw damaged(`it has ${file.length} bytes, fewer than the length of a header takes`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(file.length - 8, MOST_HEADER_BYTES);
  if (length > BigInt(most)) throw damaged(`its header would have ${length} bytes, at most ${most} can be`);
  const start = 8 + Number(length);
  const json = parseJsonObject(file.subarray(8, start));
  if (json === null) throw damaged("its header is no JSON object");
  return { json, data: file.subarray(start) };
}

function checkEntry(given: unknown, name: string): Entry {
  if (!isJsonObject(given) || Object.keys(given).sort().join() !== "data_offsets,dtype,shape")
    throw damaged(`${describe(name)} has not just dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = given;
  if (dtype !== "F32" || !Array.isArray(shape) || shape.length !== 2)
    throw new RangeError(
      `${describe(name)} of the safetensors file is ${describe(dtype)} of shape ${JSON.stringify(shape)}; a float32 matrix is needed, "F32" of two dimensions`,
    );
  if (!isPair(shape) || !isPair(offsets))
    throw damaged(`shape or data_offsets of ${describe(name)} are no two whole numbers >= 0`);
  const [[rows, cols], [from, to]] = [shape, offsets];
  if (to - from !== 4 * rows * cols)
    throw damaged(`${describe(name)} is ${rows} x ${cols} and has ${to - from} bytes, not ${4 * rows * cols}`);
  return { dtype, shape, data_offsets: offsets };
}

/** One behind the other, from the first byte to the last. */
function checkPlaces(header: Header, dataBytes: number): void {
  const places = Object.values(header).map(({ data_offsets }) => data_offsets);
  places.sort(([a, b], [c, d]) => a - c || b - d);
  let end = 0;
  for (const [from, to] of places) {
    if (from !== end)
      throw damaged(`its data have ${from < end ? "an overlap" : "a gap"} at byte ${Math.min(from, end)}`);
    end = to;
  }
  if (end !== dataBytes) throw damaged(`its header speaks of ${end} bytes of data, there are ${dataBytes}`);
}

/** The order of names does not count, since JSON has none. */
function checksumOfAll(header: Header, metadata: Readonly<Record<string, string>>, data: Uint8Array): string {
  const byName = (object: object): [string, unknown][] =>
    Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const tensors = byName(header).map(([name, entry]) => {
    const { dtype, shape, data_offsets } = entry as Entry;
    return [name, dtype, shape, data_offsets];
  });
  return checksumOf(new TextEncoder().encode(JSON.stringify([byName(metadata), tensors])), data);
}

function checkTensor(given: unknown, name: string): void {
  if (name === METADATA)
    throw new RangeError(`a tensor is named ${METADATA}, which the format keeps; take another name`);
  const { data, rows, cols } = (isJsonObject(given) ? given : {}) as Partial<Matrix>;
  if (!(data instanceof Float32Array) || !isPair([rows, cols]) || data.length !== rows! * cols!)
    throw new TypeError(
      `the tensor ${describe(name)} is no matrix; give { data: Float32Array, rows, cols } with rows x cols entries`,
    );
}

function checkMetadata(metadata: unknown): void {
  if (!isJsonObject(metadata) || !isWords(metadata))
    throw new TypeError(`metadata is ${describe(metadata)}; give an object whose entries are words`);
  const taken = [SEAL, CHECKSUM].find((name) => Object.hasOwn(metadata, name));
  if (taken !== undefined)
    throw new RangeError(`metadata has ${taken}, where the file's checksum is; take another name`);
}

function isWords(object: JsonObject): object is Readonly<Record<string, string>> {
  return Object.values(object).every((word) => typeof word === "string");
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function damaged(why: string): RangeError {
  return new RangeError(`this is no sound safetensors file: ${why}; take another copy or write it again`);
}
