import { crc32 } from "../../bytes/crc32.ts";
import { bytesOf, floatsFrom } from "../../bytes/floats.ts";
import { parseJsonObject, type JsonObject } from "../../bytes/jsonObject.ts";
import { plainBytes } from "../../bytes/plainBytes.ts";
import { isAllFinite } from "../../matrix/matrix.ts";
import { rowBytes, storages, type StoredRows } from "./rowStore.ts";

// The layout, little-endian: magic (4 bytes), version (1), storage (1), 2 bytes of 0, rows (4), cols (4), length of the
// description (4), checksum (4), then the description (JSON in UTF-8), the scales and the codes. The checksum is the CRC-32
// of everything else.
const MAGIC = [0x4b, 0x4e, 0x44, 0x58];
const VERSION = 1;
const HEADER_BYTES = 24;
const CHECKSUM_AT = 20;

/** An index as one buffer, to be written to a file or handed to a worker. */
export function indexToBytes(stored: StoredRows, description: object): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const scales = bytesOf(stored.scales);
  const bytes = new Uint8Array(HEADER_BYTES + text.length + scales.length + stored.codes.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[4] = VERSION;
  bytes[5] = storages.indexOf(stored.storage);
  view.setUint32(8, stored.rows, true);
  view.setUint32(12, stored.cols, true);
  view.setUint32(16, text.length, true);
  bytes.set(text, HEADER_BYTES);
  bytes.set(scales, HEADER_BYTES + text.length);
  bytes.set(stored.codes, HEADER_BYTES + text.length + scales.length);
  view.setUint32(CHECKSUM_AT, checksum(bytes), true);
  return bytes;
}

/**
 * The index of a buffer, in memory of its own.
 *
 * @param given any Uint8Array, a Buffer of Node or a view at any offset among them
 * @throws TypeError when it is no Uint8Array; RangeError when it is no index, of another version, cut off, longer than it
 *   says, or changed since it was written: before memory is taken
 */
export function indexFromBytes(given: Uint8Array): { stored: StoredRows; description: JsonObject } {
  const bytes = plainBytes(given, "the index", "the bytes that save() returned");
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, k) => bytes[k] !== byte))
    throw new RangeError(
      "this is no index of kindred: its first bytes are not KNDX; give the bytes that save() returned",
    );
  if (bytes[4] !== VERSION)
    throw new RangeError(
      `the index has version ${bytes[4]}, this release reads version ${VERSION}; build the index anew`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(CHECKSUM_AT, true) !== checksum(bytes)) throw damaged("its checksum is not that of its contents");
  const rows = view.getUint32(8, true);
  const cols = view.getUint32(12, true);
  const storage = storages.at(bytes[5]);
  if (storage === undefined || view.getUint16(6, true) !== 0) throw damaged("it keeps rows in an unknown way");
  const scalesAt = HEADER_BYTES + view.getUint32(16, true);
  const codesAt = scalesAt + (storage === "float32" ? 0 : 4 * rows);
  const end = codesAt + rows * rowBytes(storage, cols);
  if (end !== bytes.length)
    throw damaged(`${rows} rows of ${cols} take ${end} bytes in all, there are ${bytes.length}`);
  const description = parseJsonObject(bytes.subarray(HEADER_BYTES, scalesAt));
  if (description === null) throw damaged("its description is no JSON object");
  const scales = floatsFrom(bytes.subarray(scalesAt, codesAt));
  const codes = bytes.slice(codesAt);
  if (!isAllFinite(storage === "float32" ? floatsFrom(codes) : scales)) throw damaged("it holds NaN or infinity");
  return { stored: { storage, rows, cols, codes, scales }, description };
}

/** CRC-32 of all bytes but the checksum's own. */
function checksum(bytes: Uint8Array): number {
  return crc32(bytes.subarray(CHECKSUM_AT + 4), crc32(bytes.subarray(0, CHECKSUM_AT)));
}

function damaged(why: string): RangeError {
  return new RangeError(`the index is damaged: ${why}; take another copy or build it anew`);
}
