import { crcOf, crcTable } from "./crcTable.ts";

const table = crcTable(0xedb88320);

/**
 * CRC-32 (ISO 3309, as in zip and png): a number that every change of up to 32 bits in a row alters, and any other change
 * but for one in 4 thousand million.
 *
 * @param bytes any bytes, a view with an offset among them
 * @param before the CRC-32 of what comes before these bytes, to go on from; default 0: nothing
 * @returns a whole number, 0 .. 2^32 - 1
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  return crcOf(table, bytes, before);
}
