import { isUtf8 } from "node:buffer";
import { InputError } from "../../door/inputError.ts";
import type { InputFile } from "./inputFile.ts";

/** Bytes of a line at most, and of a field within quotes. */
export const LONGEST = 1 << 26;

const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];

/**
 * The lines of a text file, blank ones too, without their ends (\n, \r\n, or \r alone); in UTF-8, or in UTF-16 with a byte order
 * mark. What is held in memory is a piece of the file, and the line that goes beyond it.
 *
 * @throws InputError naming the line that is no text, or longer than 64 MB
 */
export function* readLines(file: InputFile): Generator<string> {
  let line = 0;
  for (const block of wholeLines(file, () => line)) {
    const text = decoded(block.bytes, file.path, line, block.end);
    for (let from = 0; from < text.length; line++) {
      const end = text.indexOf(block.end === LINE_FEED ? "\n" : "\r", from);
      const to = end < 0 ? text.length : end;
      yield text.slice(from, to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN ? to - 1 : to);
      from = end < 0 ? text.length : end + 1;
    }
  }
}

/** The file in blocks of whole lines. @param linesBefore how many lines went before what is read now */
function* wholeLines(file: InputFile, linesBefore: () => number): Generator<{ bytes: Buffer; end: number }> {
  let rest: Uint8Array[] = [];
  let size = 0;
  let end: number | null = null;
  for (const piece of inUtf8(file)) {
    const nul = piece.indexOf(0);
    if (nul >= 0) refuseNul(file.path, linesBefore() + 1 + linesIn(piece.subarray(0, nul), end ?? LINE_FEED));
    end ??= !piece.includes(LINE_FEED) && piece.includes(CARRIAGE_RETURN) ? CARRIAGE_RETURN : LINE_FEED;
    const cut = piece.lastIndexOf(end) + 1;
    if (cut > 0) {
      yield { bytes: Buffer.concat([...rest, piece.subarray(0, cut)]), end };
      [rest, size] = [[], 0];
    }
    rest.push(piece.subarray(cut));
    size += piece.length - cut;
    if (size > LONGEST)
      throw new InputError(
        `line ${linesBefore() + 1} of ${file.path} is longer than ${LONGEST / 2 ** 20} MB; give one vector a line`,
      );
  }
  if (size > 0) yield { bytes: Buffer.concat(rest), end: end ?? LINE_FEED };
}

/** The bytes without a byte order mark; UTF-16 is turned into UTF-8. */
function* inUtf8(file: InputFile): Generator<Uint8Array> {
  let decoder: TextDecoder | null = null;
  let isFirst = true;
  for (const piece of file.pieces()) {
    const encoding = isFirst ? utf16Of(piece) : null;
    if (encoding !== null) decoder = new TextDecoder(encoding, { fatal: true });
    const start = isFirst && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? 3 : 0;
    isFirst = false;
    yield decoder === null ? piece.subarray(start) : transcoded(decoder, piece, file.path);
  }
  if (decoder !== null) transcoded(decoder, null, file.path);
}

function utf16Of([first, second]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

/** @param piece null: the end */
function transcoded(decoder: TextDecoder, piece: Uint8Array | null, path: string): Uint8Array {
  try {
    return Buffer.from(piece === null ? decoder.decode() : decoder.decode(piece, { stream: true }));
  } catch {
    throw new InputError(`${path} begins like text in UTF-16, but is damaged; save it as text in UTF-8`);
  }
}

function decoded(bytes: Buffer, path: string, linesBefore: number, end: number): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let line = linesBefore;
  for (let from = 0; from < bytes.length;) {
    line++;
    const next = bytes.indexOf(end, from);
    const to = next < 0 ? bytes.length : next + 1;
    if (!isUtf8(bytes.subarray(from, to))) break;
    from = to;
  }
  throw new InputError(`${path} is no text in UTF-8: see line ${line}; save it as UTF-8, or give an .npy file`);
}

function refuseNul(path: string, line: number): never {
  throw new InputError(
    `${path} is no text in UTF-8: line ${line} holds a NUL byte; give text such as .csv, or an .npy file`,
  );
}

function linesIn(bytes: Uint8Array, end: number): number {
  let lines = 0;
  for (const byte of bytes) if (byte === end) lines++;
  return lines;
}
