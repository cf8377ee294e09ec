import type { Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";

/** Matrices by name. */
type Tensors = Readonly<Record<string, Matrix>>;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Matrices as the bytes of a safetensors file, float32: the header's length, the header as JSON, the data.
 *
 * Source: https://github.com/huggingface/safetensors (format)
 */
export function tensorBytes(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  let offset = 0;
  const entries = Object.entries(tensors).map(([name, { data, rows, cols }]) => {
    const start = offset;
    offset += 4 * data.length;
    return [name, { dtype: "F32", shape: [rows, cols], data_offsets: [start, offset] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = json + " ".repeat((8 - (Buffer.byteLength(json) % 8)) % 8);
  const headerBytes = Buffer.byteLength(header);
  const bytes = Buffer.alloc(8 + headerBytes + offset);
  bytes.writeBigUInt64LE(BigInt(headerBytes), 0);
  bytes.write(header, 8);
  let at = 8 + headerBytes;
  for (const { data } of Object.values(tensors)) {
    for (const entry of data) at = bytes.writeFloatLE(entry, at);
  }
  return bytes;
}

/** The matrices of a safetensors file. @throws InputError when it is damaged or holds other than float32 matrices */
export function tensorsOf(bytes: Uint8Array, path: string): Tensors {
  const damaged = new InputError(`${path} is damaged or no safetensors file; write it again`);
  if (bytes.length < 8) throw damaged;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > bytes.length - 8) throw damaged;
  const header = parsed(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)), damaged);
  const start = 8 + headerBytes;
  const tensors: Record<string, Matrix> = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (dtype !== "F32" || shape?.length !== 2)
      throw new InputError(`${name} of ${path} is ${dtype} of ${shape?.length} dimensions; a float32 matrix is needed`);
    const [rows, cols] = shape;
    const [from, to] = offsets;
    if (to - from !== 4 * rows * cols || start + to > bytes.length) throw damaged;
    const data = new Float32Array(rows * cols);
    for (let k = 0; k < data.length; k++) data[k] = view.getFloat32(start + from + 4 * k, true);
    tensors[name] = { data, rows, cols };
  }
  return tensors;
}

function parsed(json: string, damaged: InputError): Record<string, Entry> {
  try {
    return JSON.parse(json) as Record<string, Entry>;
  } catch {
    throw damaged;
  }
}
