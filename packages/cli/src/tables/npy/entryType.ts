import { InputError } from "../../door/inputError.ts";

/** What the entries of an .npy file are, and how one is read. */
export type EntryType =
  | { readonly kind: "number"; readonly name: string; readonly size: number; readonly read: NumberReader }
  | { readonly kind: "text"; readonly name: string; readonly size: number; readonly read: TextReader };

type NumberReader = (view: DataView, offset: number) => number | bigint;
/** null: what stands there is no text. */
type TextReader = (view: DataView, offset: number) => string | null;

/** Numbers by NumPy's letter and size in bytes. */
const numbers = new Map<string, (view: DataView, at: number, isLittle: boolean) => number | bigint>([
  ["f2", (view, at, isLittle) => halfFloat(view.getUint16(at, isLittle))],
  ["f4", (view, at, isLittle) => view.getFloat32(at, isLittle)],
  ["f8", (view, at, isLittle) => view.getFloat64(at, isLittle)],
  ["i1", (view, at) => view.getInt8(at)],
  ["i2", (view, at, isLittle) => view.getInt16(at, isLittle)],
  ["i4", (view, at, isLittle) => view.getInt32(at, isLittle)],
  ["i8", (view, at, isLittle) => view.getBigInt64(at, isLittle)],
  ["u1", (view, at) => view.getUint8(at)],
  ["u2", (view, at, isLittle) => view.getUint16(at, isLittle)],
  ["u4", (view, at, isLittle) => view.getUint32(at, isLittle)],
  ["u8", (view, at, isLittle) => view.getBigUint64(at, isLittle)],
  ["b1", (view, at) => view.getUint8(at)],
]);

/** Bytes of a text at most. */
const LONGEST_TEXT = 1 << 20;

/** The type that NumPy calls `descr`, such as "<f4". @throws InputError when it is neither numbers nor strings */
export function entryType(descr: string, path: string): EntryType {
  const [, order, letter, digits] = /^([<>|=])([a-zA-Z])(\d{1,9})$/.exec(descr) ?? [];
  const isLittle = order !== ">";
  const read = numbers.get(`${letter}${digits}`);
  if (read !== undefined)
    return { kind: "number", name: descr, size: Number(digits), read: (view, at) => read(view, at, isLittle) };
  if (letter === "U" || letter === "S") {
    const size = (letter === "U" ? 4 : 1) * Number(digits);
    if (size === 0 || size > LONGEST_TEXT)
      throw new InputError(`${path} holds texts of ${size} bytes (${descr}); give texts of 1 byte to ${LONGEST_TEXT}`);
    const reader: TextReader =
      letter === "U" ? (view, at) => codePoints(view, at, size, isLittle) : (view, at) => utf8(view, at, size);
    return { kind: "text", name: descr, size, read: reader };
  }
  throw new InputError(
    `${path} holds entries of type ${JSON.stringify(descr.slice(0, 60))}; give numbers (such as float32) or strings`,
  );
}

/** The number that 16 bits hold: sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16). */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** A text of 32 bits a letter, without the zeros that fill it up; null for what is no letter of Unicode. */
function codePoints(view: DataView, offset: number, size: number, isLittle: boolean): string | null {
  let end = offset + size;
  while (end > offset && view.getUint32(end - 4, isLittle) === 0) end -= 4;
  let text = "";
  for (let at = offset; at < end; at += 4) {
    const code = view.getUint32(at, isLittle);
    const isSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (code === 0 || code > 0x10ffff || isSurrogate) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A text of bytes, without the zeros that fill it up; null for what is no UTF-8. */
function utf8(view: DataView, offset: number, size: number): string | null {
  let end = offset + size;
  while (end > offset && view.getUint8(end - 1) === 0) end--;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, end - offset);
  if (bytes.includes(0)) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
