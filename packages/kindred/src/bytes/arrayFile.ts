import { describe } from "../matrix/checks.ts";
import { type ArrayType, arrayTypes, typeOf, type TypedArray } from "./arrayTypes.ts";
import { checksumOf } from "./checksum.ts";
import { isJsonObject, parseJsonObject, type JsonObject } from "./jsonObject.ts";
import { plainBytes } from "./plainBytes.ts";

/** Numbers of one type, and how many there are along each axis. */
export interface ShapedArray {
  readonly data: TypedArray;
  readonly shape: readonly number[];
}

/** What a safetensors file of any arrays holds. */
interface ArrayFile {
  readonly arrays: Readonly<Record<string, ShapedArray>>;
  /** Words by name, the checksum left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The CRC-32 of all that the file holds, in hexadecimal, when it was written with one; else null. */
  readonly checksum: string | null;
}

interface Entry {
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [from: number, to: number];
}

type Header = Readonly<Record<string, Entry>>;
type Words = Readonly<Record<string, string>>;

/** The name that the format keeps. */
export const METADATA = "__metadata__";
const CHECKSUM = "crc32";
/** Says that there is a checksum, so that a file whose CHECKSUM has lost its name is not taken for one without. */
const SEAL = "checksum";
/** As much as the format's own reader takes. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * Arrays as the bytes of a safetensors file: the header's length (8 bytes), the header as JSON, the entries, little-endian, those of
 * the largest type first, so that each array begins at a multiple of its type. The header's `__metadata__` has a checksum of
 * all that the file holds: `checksum`, which is "crc32", and `crc32`.
 *
 * @throws TypeError when the metadata are no words; RangeError for a name that is taken, or more names and words than a reader takes
 *
 * Source: https://github.com/huggingface/safetensors (format)
 */
export function arraysToBytes(
  arrays: Readonly<Record<string, ShapedArray>>,
  metadata: Words = {},
): Uint8Array<ArrayBuffer> {
  checkMetadata(metadata);
  let end = 0;
  const sorted = Object.entries(arrays).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const entries = sorted.map(([name, { data, shape }]): [string, Entry] => {
    const from = end;
    end += data.byteLength;
    return [name, { dtype: typeOf(data)!, shape, data_offsets: [from, end] }];
  });
  const data = new Uint8Array(end);
  for (const [name, { data_offsets }] of entries) data.set(bytesOfArray(arrays[name].data), data_offsets[0]);
  const header = Object.fromEntries(entries);
  const sealed = {
    [METADATA]: { [SEAL]: CHECKSUM, ...metadata, [CHECKSUM]: checksumOfAll(header, metadata, data) },
    ...header,
  };
  return framed(new TextEncoder().encode(JSON.stringify(sealed)), data);
}

/**
 * The arrays of a safetensors file. It is refused unless all of it is as it must be, before any memory is taken: each array of a
 * known type, one behind the other without overlap or gap to the very end, its checksum right where it has one.
 *
 * @param bytes any Uint8Array, a Buffer of Node or a view at any offset among them
 * @param check refuses arrays that are not wanted @param checkArray.name of the array, in quotes
 * @returns copies
 * @throws TypeError when it is no Uint8Array; RangeError when the file is damaged, or holds what is not wanted
 */
export function arraysFromBytes(
  bytes: Uint8Array,
  check: (type: unknown, shape: unknown, name: string) => void = checkKnown,
): ArrayFile {
  const file = plainBytes(bytes, "the safetensors file", "its bytes");
  const { json, data } = partsOf(file);
  const { [METADATA]: words = {}, ...entries } = json;
  if (!isJsonObject(words) || !isWords(words)) throw damaged("its __metadata__ are no words by name");
  const header = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, checkEntry(entry, describe(name), check)]),
  );
  checkPlaces(header, data.length);
  const { [SEAL]: seal = null, [CHECKSUM]: checksum = null, ...metadata } = words;
  const isSealed = seal !== null || checksum !== null;
  if (isSealed && (seal !== CHECKSUM || checksum !== checksumOfAll(header, metadata, data)))
    throw damaged("its checksum is not that of its contents");
  const arrays = Object.fromEntries(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { data: copied(data.subarray(from, to), dtype), shape }],
    ),
  );
  return { arrays, metadata, checksum };
}

/** The error for a file that cannot be what it should be. @param why as the end of a sentence */
function damaged(why: string): RangeError {
  return new RangeError(`this is no sound safetensors file: ${why}; take another copy or write it again`);
}

/** Length, header and data, the header filled up with spaces so that the data begin at a multiple of 8. */
function framed(json: Uint8Array, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const headerBytes = Math.ceil(json.length / 8) * 8;
  if (headerBytes > MOST_HEADER_BYTES)
    throw new RangeError(
      `the header of the safetensors file would have ${headerBytes} bytes, at most ${MOST_HEADER_BYTES} can be; give fewer or shorter names and words`,
    );
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

function checkEntry(given: unknown, name: string, check: (type: unknown, shape: unknown, name: string) => void): Entry {
  if (!isJsonObject(given) || Object.keys(given).sort().join() !== "data_offsets,dtype,shape")
    throw damaged(`${name} has not just dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = given;
  check(dtype, shape, name);
  if (!areCounts(shape) || !isPair(offsets))
    throw damaged(`shape or data_offsets of ${name} are no whole numbers >= 0, two offsets`);
  const [from, to] = offsets;
  const bytes = shape.reduce((product, size) => product * size, arrayTypes[dtype as ArrayType].BYTES_PER_ELEMENT);
  if (to - from !== bytes) throw damaged(`${name} is ${shape.join(" x ")} and has ${to - from} bytes, not ${bytes}`);
  return { dtype: dtype as ArrayType, shape, data_offsets: offsets };
}

function checkKnown(type: unknown, _: unknown, name: string): void {
  if (typeof type !== "string" || !Object.hasOwn(arrayTypes, type))
    throw damaged(`${name} is of type ${describe(type)}, known are ${Object.keys(arrayTypes).join(", ")}`);
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
function checksumOfAll(header: Header, metadata: Words, data: Uint8Array): string {
  const byName = <T>(object: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const entries = byName(header).map(([name, { dtype, shape, data_offsets }]) => [name, dtype, shape, data_offsets]);
  return checksumOf(new TextEncoder().encode(JSON.stringify([byName(metadata), entries])), data);
}

function checkMetadata(metadata: unknown): void {
  if (!isJsonObject(metadata) || !isWords(metadata))
    throw new TypeError(`metadata is ${describe(metadata)}; give an object whose entries are words`);
  const taken = [SEAL, CHECKSUM].find((name) => Object.hasOwn(metadata, name));
  if (taken !== undefined)
    throw new RangeError(`metadata has ${taken}, where the file's checksum is; take another name`);
}

function bytesOfArray({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The numbers of bytes whose place need not be a multiple of the type. */
function copied(bytes: Uint8Array, type: ArrayType): TypedArray {
  const memory = new ArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return new arrayTypes[type](memory);
}

function isWords(object: JsonObject): object is Words {
  return Object.values(object).every((word) => typeof word === "string");
}

function isPair(value: unknown): value is [number, number] {
  return areCounts(value) && value.length === 2;
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
