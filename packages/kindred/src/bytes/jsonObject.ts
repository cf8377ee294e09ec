/** An object as JSON has it: nothing is known of what it holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object with names: no list, not null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that bytes hold as JSON in UTF-8; null: they hold none. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | null {
  try {
    // a copy, since decoders refuse shared memory
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.slice()));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
