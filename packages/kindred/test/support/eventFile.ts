import { expect } from "vitest";

/** CRC-32C bit by bit. */
function castagnoli(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The mask by its definition: turned right by 15 bits, plus a constant. */
function mask(crc: number): number {
  const turned = (BigInt(crc) >> 15n) | ((BigInt(crc) << 17n) & 0xffffffffn);
  return Number((turned + 0xa282ead8n) & 0xffffffffn);
}

/** The data of each record of a TFRecord file, its checksums compared. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(mask(castagnoli(file.subarray(at, at + 8))));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(mask(castagnoli(data)));
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** The fields of a message of protocol buffers, by their numbers, in their order. */
function fieldsOf(message: Uint8Array): [field: number, value: bigint | Uint8Array][] {
  const fields: [number, bigint | Uint8Array][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const value = (tag & 7) === 0 ? varint() : null;
    const size = (tag & 7) === 1 ? 8 : (tag & 7) === 5 ? 4 : value === null ? Number(varint()) : 0;
    fields.push([tag >> 3, value ?? message.subarray(at, at + size)]);
    at += size;
  }
  expect(at).toBe(message.length);
  return fields;
}

const viewOf = (value: bigint | Uint8Array): DataView => {
  const bytes = value as Uint8Array;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};
const textOf = (value: bigint | Uint8Array): string => new TextDecoder().decode(value as Uint8Array);

/** What an event of TensorBoard says. */
interface ToldEvent {
  readonly step: number;
  readonly version?: string;
  /** By tag. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** The fields of a SessionLog message. */
  readonly session?: readonly [field: number, value: bigint | Uint8Array][];
}

/** The events of a file, as TensorBoard would read them; their checksums and times are looked at. */
export function eventsOf(file: Uint8Array): ToldEvent[] {
  return recordsOf(file).map(read);
}

function read(event: Uint8Array): ToldEvent {
  const fields = new Map(fieldsOf(event));
  const scalars = fieldsOf((fields.get(5) ?? new Uint8Array()) as Uint8Array).map(([, value]) => {
    const parts = new Map(fieldsOf(value as Uint8Array));
    return [textOf(parts.get(1)!), viewOf(parts.get(2)!).getFloat32(0, true)];
  });
  expect(Math.abs(viewOf(fields.get(1)!).getFloat64(0, true) - Date.now() / 1000)).toBeLessThan(1000);
  return {
    step: Number(fields.get(2)),
    ...(fields.has(3) && { version: textOf(fields.get(3)!) }),
    ...(scalars.length > 0 && { scalars: Object.fromEntries(scalars) as Record<string, number> }),
    ...(fields.has(7) && { session: fieldsOf(fields.get(7) as Uint8Array) }),
  };
}
