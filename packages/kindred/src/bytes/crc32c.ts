import { crcOf, crcTable } from "./crcTable.ts";

const table = crcTable(0x82f63b78);

/** CRC-32C (Castagnoli's polynomial, as in iSCSI and TFRecord files): a whole number, 0 .. 2^32 - 1. */
export function crc32c(bytes: Uint8Array): number {
  return crcOf(table, bytes, 0);
}
