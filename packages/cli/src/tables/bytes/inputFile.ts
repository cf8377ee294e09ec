import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { totalmem } from "node:os";
import { InputError } from "../../door/inputError.ts";

/** Bytes read at a time. */
const PIECE = 1 << 20;

/**
 * Refuses what is no file: a folder, a pipe, a device, which could be read for ever.
 *
 * @throws InputError when there is no such file
 */
export function checkFile(path: string): void {
  if (!statOf(path).isFile()) throw new InputError(`${path} is no file; give a .csv, .tsv or .npy file`);
}

/**
 * Opens a file for reading, and closes it when the work is done, or failed.
 *
 * @throws InputError when it is none, or may not be read
 */
export function withFile<T>(path: string, work: (file: InputFile) => T): T {
  checkFile(path);
  const file = new InputFile(path);
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** An open file. */
export class InputFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openForReading(path);
    const stats = fstatSync(this.#descriptor);
    this.size = stats.size;
    if (stats.isFile()) return;
    this.close();
    throw new InputError(`${path} is no file; give a .csv, .tsv or .npy file`);
  }

  /** Fills `bytes` with what stands from `position` on. @throws InputError when the file ends before */
  fill(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;) {
      const read = this.#read(bytes, done, position + done);
      if (read === 0) throw new InputError(`${this.path} ended while it was read; give a file that nobody changes`);
      done += read;
    }
  }

  /** The bytes from `start` on, in pieces. */
  *pieces(start = 0): Generator<Uint8Array> {
    for (let position = start; ;) {
      const piece = new Uint8Array(PIECE);
      const read = this.#read(piece, 0, position);
      if (read === 0) return;
      position += read;
      yield piece.subarray(0, read);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #read(bytes: Uint8Array, offset: number, position: number): number {
    const length = Math.min(PIECE, bytes.length - offset);
    return readSync(this.#descriptor, bytes, offset, length, position);
  }
}

/** Room for numbers of a file. @throws InputError when the machine has none */
export function roomFor(path: string, numbers: number): Float32Array {
  const bytes = 4 * numbers;
  try {
    if (bytes <= totalmem()) return new Float32Array(numbers);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InputError(
    `${path} needs ${(bytes / 1e9).toFixed(1)} GB of memory as float32; give fewer rows, or fewer columns with --columns`,
  );
}

function openForReading(path: string): number {
  try {
    // what has become a pipe since it was looked at is not waited for
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw notOpened(path, error);
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw notOpened(path, error);
  }
}

function notOpened(path: string, error: unknown): InputError {
  if (isCode(error, "ELOOP")) return new InputError(`${path} is a link to itself; check the path`);
  if (isCode(error, "EACCES") || isCode(error, "EPERM"))
    return new InputError(`${path} may not be read; give the right to, or another file`);
  return new InputError(`there is no file ${path === "" ? '""' : path}; check the path`);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
