import { crc32 } from "kindred";

type JsonObject = Readonly<Record<string, unknown>>;

/** An object as JSON text, with the CRC-32 of all that it says as its last entry, `checksum`. */
export function sealedJson(object: JsonObject): string {
  return `${JSON.stringify({ ...object, checksum: checksumOf(object) }, null, 2)}\n`;
}

/**
 * The object of a text that {@link sealedJson} wrote, and whether it says what was written. Spaces and line breaks don't count.
 *
 * @returns null when it is no JSON object
 */
export function openSealedJson(bytes: Uint8Array): { object: JsonObject; isWhole: boolean } | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const { checksum, ...object } = value as JsonObject;
    return { object, isWhole: checksum === checksumOf(object) };
  } catch {
    return null;
  }
}

function checksumOf(object: JsonObject): string {
  return crc32(new TextEncoder().encode(JSON.stringify(object)))
    .toString(16)
    .padStart(8, "0");
}
