import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, sep } from "node:path";
import { claimFile } from "../outputs/outputFile.ts";
import { makeFolders } from "../places/folders.ts";
import { locate } from "../places/place.ts";
import { atPlace, PlaceFault } from "../places/placeFault.ts";
import type { NamedPath } from "../places/samePlace.ts";

/** A file that grows as the work goes on. What was written stays when the work is killed. */
export interface LogFile {
  /** @throws InputError when that cannot be done */
  write(part: string | Uint8Array): void;
  close(): void;
}

/** Where a log goes, and what must be left alone. */
interface LogPlace {
  /** The flag that the path was given with. */
  readonly flag: string;
  readonly path: string;
  /** What the same command reads. */
  readonly inputs: readonly NamedPath[];
  /** The result folder: what lies in it is written as a whole. */
  readonly out: string;
}

/**
 * A log that is opened when it is first written to; whether that can be is looked at now.
 *
 * @param keeps whether to write behind what is there, on a new line, or in its place
 * @throws InputError when it is no place for a file, may not be written to, is an input or lies in the result folder
 */
export function openLog({ flag, path, inputs, out }: LogPlace, keeps: boolean): LogFile {
  atPlace(flag, path, () => checkOutside(path, out));
  claimFile(path, flag, inputs);
  let file: number | null = null;
  return {
    write: (part) => atPlace(flag, path, () => writeAll((file ??= opened(path, keeps)), part)),
    close: () => {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/** A new event file in a folder that TensorBoard reads. @throws as {@link openLog} */
export function openEventFile({ flag, path: folder, inputs, out }: LogPlace): LogFile {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, "0");
  const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.kindred`);
  return openLog({ flag, path, inputs, out }, false);
}

function opened(path: string, keeps: boolean): number {
  makeFolders(locate(path).missing);
  const file = openSync(path, keeps ? "a+" : "w");
  if (keeps && endsWithinLine(file)) writeSync(file, "\n");
  return file;
}

function writeAll(file: number, part: string | Uint8Array): void {
  const bytes = typeof part === "string" ? Buffer.from(part) : part;
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** @throws PlaceFault when the path lies in the result folder */
function checkOutside(path: string, out: string): void {
  const place = locate(path);
  const folder = locate(out).real;
  if (place.real === folder || dirname(place.real) === folder || place.real.startsWith(folder + sep))
    throw new PlaceFault("which lies in the result folder", "give a place outside of it");
}

/** Whether a process was killed while it wrote the last line. */
function endsWithinLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = new Uint8Array(1);
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== 10;
}
