import { rowBytes, storages, type StoredRows } from "./rowStore.ts";

// The layout, little-endian: magic (4 bytes), version (1), storage (1), 2 bytes of 0, rows (4), cols (4), length of the
// description (4), checksum (4), then the description (JSON in UTF-8), the scales and the codes. The checksum is the CRC-32
// of everything else.
const MAGIC = [0x4b, 0x4e, 0x44, 0x58];
const VERSION = 1;
const HEADER_BYTES = 24;
const CHECKSUM_AT = 20;

/** An index as one buffer, to be written to a file or handed to a worker. */
export function indexToBytes(stored: StoredRows, description: unknown): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(description));
  const scales = new Uint8Array(stored.scales.buffer, stored.scales.byteOffset, stored.scales.byteLength);
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
 * The index of a buffer.
 *
 * @throws RangeError when it is no index, of another version, cut off, or changed since it was written
 */
export function indexFromBytes(bytes: Uint8Array): { stored: StoredRows; description: unknown } {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError("the index is no Uint8Array; give the bytes that save() returned");
  if (bytes.length < HEADER_BYTES || MAGIC.some((byte, k) => bytes[k] !== byte))
    throw new RangeError(
      "this is no index of kindred: its first bytes are not KNDX; give the bytes that save() returned",
    );
  if (bytes[4] !== VERSION)
    throw new RangeError(
      `the index has version ${bytes[4]}, this release reads version ${VERSION}; build the index anew`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(CHECKSUM_AT, true) !== checksum(bytes))
    throw new RangeError(
      "the index is damaged: its checksum is not that of its contents; take another copy or build it anew",
    );
  const rows = view.getUint32(8, true);
  const cols = view.getUint32(12, true);
  const storage = storages[bytes[5]];
  const scalesAt = HEADER_BYTES + view.getUint32(16, true);
  const codesAt = scalesAt + (storage === "float32" ? 0 : 4 * rows);
  const description: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, scalesAt)));
  const scales = new Float32Array(bytes.slice(scalesAt, codesAt).buffer);
  const codes = bytes.slice(codesAt, codesAt + rows * rowBytes(storage, cols));
  return { stored: { storage, rows, cols, codes, scales }, description };
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 (ISO 3309) of all bytes but the checksum's own. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) {
    if (k >= CHECKSUM_AT && k < CHECKSUM_AT + 4) continue;
    crc = crcTable[(crc ^ bytes[k]) & 255] ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
