import { InputError } from "../../door/inputError.ts";

/** Why a path cannot be used, as the second half of a sentence that begins with the path, and what to do. */
export class PlaceFault extends Error {
  override readonly name = "PlaceFault";
  readonly remedy: string;

  /** @param why such as "which is a folder" @param remedy such as "give the name of a file" */
  constructor(why: string, remedy: string) {
    super(why);
    this.remedy = remedy;
  }
}

/** What the system says when it cannot do something with a file, and what to do about it. */
const reasons: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EACCES: ["but its folder may not be written to", "give another folder, or the right to write"],
  EPERM: ["but its folder may not be written to", "give another folder, or the right to write"],
  ERR_ACCESS_DENIED: ["but this process may not write there", "allow it, or give another folder"],
  EROFS: ["but it lies on a file system that can only be read", "give another folder"],
  ENOSPC: ["but no space is left on its device", "free some, or give another folder"],
  EDQUOT: ["but no space is left for this user", "free some, or give another folder"],
  ENAMETOOLONG: ["but its name is too long", "give a shorter one"],
  ENOTDIR: ["but a part of it is no folder", "give a place in a folder"],
  ENOENT: ["but its folder is not there and cannot be made", "give another folder"],
  ELOOP: ["but its links lead in a circle", "give another place"],
  EBUSY: ["but something else holds it", "give another place"],
};

/**
 * Does something with the place that a path names.
 *
 * @param flag that the path was given with
 * @throws InputError for a {@link PlaceFault} and what the system refuses: flag, path, why, what to do
 */
export function atPlace<T>(flag: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inWords(flag, path, error);
  }
}

/** An error at a path that was given, as the sentence to show; what has nothing to do with it stays as it is. */
export function inWords(flag: string, path: string, error: unknown): unknown {
  const said = (why: string, remedy: string): InputError =>
    new InputError(`${flag} is ${shown(path)}, ${why}; ${remedy}`);
  if (error instanceof PlaceFault) return said(error.message, error.remedy);
  const code = codeOf(error);
  if (code === null) return error;
  const [why, remedy] = reasons[code] ?? ["but it cannot be written", "give another place"];
  return said(`${why} (${code})`, remedy);
}

/** The system's code of an error, such as "ENOENT"; null when it is none of the system's. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return "syscall" in error || error.code === "ERR_ACCESS_DENIED" ? error.code : null;
}

const LONGEST = 200;

/** A path in a sentence. */
function shown(path: string): string {
  if (path === "") return '""';
  return path.length <= LONGEST ? path : `${path.slice(0, LONGEST)}...`;
}
