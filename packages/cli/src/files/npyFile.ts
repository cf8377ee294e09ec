import { readFileSync } from "node:fs";
import type { Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";

/** An array of NumPy: its shape and its entries in row-major order. */
interface NpyArray {
  readonly shape: readonly number[];
  readonly entries: Float32Array | readonly string[];
}

const MAGIC = "\x93NUMPY";

type Reader = (view: DataView, offset: number, isLittleEndian: boolean) => number;

/** How each numeric type is read, by NumPy's letter and size in bytes. */
const readers: Readonly<Record<string, Reader>> = {
  f2: (view, at, little) => halfFloat(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  b1: (view, at) => view.getUint8(at),
};

/**
 * An .npy file of numbers (as float32) or strings.
 *
 * @throws InputError when it is damaged, or of a type that is neither
 */
export function readNpy(path: string): NpyArray {
  const bytes = readFileSync(path);
  const { descr, isFortran, shape, start } = readHeader(bytes, path);
  const count = shape.reduce((product, size) => product * size, 1);
  const [, order, type] = /^([<>|=])([a-zA-Z]\d+)$/.exec(descr) ?? [];
  const size = type?.startsWith("U") ? 4 * Number(type.slice(1)) : Number(type?.slice(1));
  if (type === undefined || !(type in readers || /^[US]/.test(type)))
    throw new InputError(`${path} holds entries of type ${descr}; give numbers (such as float32) or strings`);
  if (bytes.length - start < count * size)
    throw new InputError(
      `${path} ends after ${bytes.length - start} of ${count * size} bytes of data; it is cut off, write it again`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const isLittle = order !== ">";
  const place = isFortran && shape.length === 2 ? transposedPlace(shape[0], shape[1]) : (k: number): number => k;
  if (/^[US]/.test(type)) {
    const entries = Array.from({ length: count }, (_, k) => readText(view, size * place(k), size, type, isLittle));
    return { shape, entries };
  }
  const entries = new Float32Array(count);
  for (let k = 0; k < count; k++) entries[k] = readers[type](view, size * place(k), isLittle);
  return { shape, entries };
}

/** An .npy file as a matrix. @throws InputError when it is no table of numbers */
export function readNpyMatrix(path: string): Matrix {
  const { shape, entries } = readNpy(path);
  if (!(entries instanceof Float32Array) || shape.length !== 2)
    throw new InputError(`${path} has the shape (${shape.join(", ")}); give a table of numbers, one row a vector`);
  return { data: entries, rows: shape[0], cols: shape[1] };
}

function readHeader(
  bytes: Buffer,
  path: string,
): { descr: string; isFortran: boolean; shape: readonly number[]; start: number } {
  if (bytes.length < 12 || bytes.toString("latin1", 0, 6) !== MAGIC)
    throw new InputError(`${path} is no .npy file: it does not begin with NumPy's mark; save it with numpy.save`);
  const isLong = bytes[6] >= 2;
  const start = (isLong ? 12 : 10) + (isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", isLong ? 12 : 10, start);
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || shape === undefined || start > bytes.length)
    throw new InputError(`${path} has a damaged header; save it again with numpy.save`);
  const sizes = shape.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new InputError(`${path} has a damaged header: its shape is (${shape}); save it again with numpy.save`);
  return { descr, isFortran: /'fortran_order':\s*True/.test(header), shape: sizes, start };
}

/** The number that 16 bits hold: sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16). */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Where entry k of a row-major table stands when the file has column after column. */
function transposedPlace(rows: number, cols: number): (k: number) => number {
  return (k) => (k % cols) * rows + Math.floor(k / cols);
}

function readText(view: DataView, offset: number, size: number, type: string, isLittle: boolean): string {
  let text = "";
  const step = type.startsWith("U") ? 4 : 1;
  for (let at = offset; at < offset + size; at += step) {
    const code = step === 4 ? view.getUint32(at, isLittle) : view.getUint8(at);
    if (code !== 0) text += String.fromCodePoint(code);
  }
  return text;
}
