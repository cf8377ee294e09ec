/** The remainders of all bytes by a polynomial of degree 32, its bits reversed. */
export function crcTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
}

/** The checksum of bytes behind others. @param before the checksum of those, 0: there are none */
export function crcOf(table: Uint32Array, bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (let k = 0; k < bytes.length; k++) crc = table[(crc ^ bytes[k]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
