/** The typed arrays that a safetensors file can hold, by the format's names of their types. */
export const arrayTypes = {
  F32: Float32Array,
  F64: Float64Array,
  I8: Int8Array,
  U8: Uint8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
} as const;

/** A type of numbers as the format names it: "F32". */
export type ArrayType = keyof typeof arrayTypes;

/** An array of one of these types. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const types = new Map(Object.entries(arrayTypes).map(([type, { name }]) => [name, type as ArrayType]));

/** The type of an array's numbers; null when it is none that a file can hold. */
export function typeOf(value: unknown): ArrayType | null {
  if (!ArrayBuffer.isView(value)) return null;
  return types.get(Object.prototype.toString.call(value).slice("[object ".length, -1)) ?? null;
}
