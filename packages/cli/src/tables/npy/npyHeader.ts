import { InputError } from "../../door/inputError.ts";
import type { InputFile } from "../bytes/inputFile.ts";
import { entryType, type EntryType } from "./entryType.ts";

/** What an .npy file says of its array. */
export interface NpyHeader {
  readonly type: EntryType;
  readonly shape: readonly number[];
  /** Entries. */
  readonly count: number;
  /** Whether entries stand column after column. */
  readonly isFortran: boolean;
  /** Where the data begin. */
  readonly start: number;
}

const MARK = "\x93NUMPY";
/** NumPy writes some hundred bytes. */
const LONGEST_HEADER = 1 << 20;

/**
 * Reads the header of an .npy file (versions 1 to 3), and sees that the data are all there.
 *
 * @throws InputError when it is no such file, damaged, cut off, or of a type that is neither numbers nor strings
 */
export function readNpyHeader(file: InputFile): NpyHeader {
  const { path, size } = file;
  const mark = Buffer.alloc(Math.min(12, size));
  file.fill(mark, 0);
  if (size < 12 || mark.toString("latin1", 0, 6) !== MARK)
    throw new InputError(`${path} is no .npy file: it does not begin with NumPy's mark; save it with numpy.save`);
  const version = mark[6];
  if (version < 1 || version > 3)
    throw new InputError(`${path} is of version ${version} of the .npy format; versions 1 to 3 can be read`);
  const offset = version === 1 ? 10 : 12;
  const length = version === 1 ? mark.readUInt16LE(8) : mark.readUInt32LE(8);
  const start = offset + length;
  if (start > size || length > LONGEST_HEADER)
    throw new InputError(`${path} has a damaged header: it is ${length} bytes long; save it again with numpy.save`);
  const bytes = Buffer.alloc(length);
  file.fill(bytes, offset);
  const { descr, fortran, shape } = entriesOf(bytes.toString("latin1"), path);
  const type = entryType(descr, path);
  const sizes = sizesOf(shape, path);
  const count = sizes.reduce((product, each) => product * each, 1);
  // sizes beyond 2^53 are inexact, but far larger than any file
  if (count * type.size > size - start)
    throw new InputError(
      `${path} ends after ${size - start} of ${count * type.size} bytes of data; it is cut off, write it again`,
    );
  return { type, shape: sizes, count, isFortran: fortran === "True", start };
}

/** The three entries of the header's dictionary, whatever their order. */
function entriesOf(text: string, path: string): { descr: string; fortran: string; shape: string } {
  const descr = /'descr'\s*:\s*('[^']*'|\[[^\]]*\])/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)\b/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([^()]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined)
    throw new InputError(`${path} has a damaged header; save it again with numpy.save`);
  return { descr: descr.startsWith("'") ? descr.slice(1, -1) : descr, fortran, shape };
}

function sizesOf(shape: string, path: string): number[] {
  const sizes = shape.trim() === "" ? [] : shape.replace(/,\s*$/, "").split(",");
  if (!sizes.every((each) => /^\s*\d{1,15}\s*$/.test(each)))
    throw new InputError(
      `${path} has a damaged header: its shape is (${shape.slice(0, 60)}); save it again with numpy.save`,
    );
  return sizes.map(Number);
}
