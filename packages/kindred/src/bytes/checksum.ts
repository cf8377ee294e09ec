import { crc32 } from "./crc32.ts";

/** The CRC-32 of parts one behind the other, as eight hexadecimal digits: "0a1b2c3d". */
export function checksumOf(...parts: readonly Uint8Array[]): string {
  const crc = parts.reduce((before, bytes) => crc32(bytes, before), 0);
  return crc.toString(16).padStart(8, "0");
}
