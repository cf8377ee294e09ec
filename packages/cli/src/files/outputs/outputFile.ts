import { lstatSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { checkChangeable } from "../places/changeable.ts";
import { makeFolders, removeFolders } from "../places/folders.ts";
import { kindOf } from "../places/kindOf.ts";
import { locate, type Place } from "../places/place.ts";
import { atPlace, PlaceFault } from "../places/placeFault.ts";
import { checkApart, type NamedPath } from "../places/samePlace.ts";
import { clearDeadDrafts, draftIn } from "./drafts.ts";
import { settleFolder, writeDurably } from "./durable.ts";

/** A file that a command is going to write. */
interface OutputFile {
  /**
   * Writes the file whole or not at all: a draft beside it takes its place. A link stays, the file behind it is replaced.
   *
   * @throws InputError when that cannot be done any more; then what was there is as it was
   */
  write(content: string | Uint8Array): void;
}

/**
 * Looks at a path before the work whose result it is to take, and tries to write there; nothing is left of that.
 *
 * @param flag that the path was given with
 * @param others what the same command reads and writes
 * @throws InputError when it is no place for a file, may not be written to, or is one of the others
 */
export function claimFile(path: string | null, flag: string, others: readonly NamedPath[]): OutputFile | null {
  if (path === null) return null;
  atPlace(flag, path, () => {
    const place = placeForFile(path);
    checkApart(place, others);
    removeFolders(withDraft(place, "", unlinkSync));
  });
  return { write: (content) => atPlace(flag, path, () => writeFile(placeForFile(path), content)) };
}

function writeFile(place: Place, content: string | Uint8Array): void {
  withDraft(place, content, (draft) => {
    renameSync(draft, place.real);
    settleFolder(dirname(place.real));
  });
}

function placeForFile(path: string): Place {
  const place = locate(path);
  const { real, stats } = place;
  if (stats === null) return place;
  if (!stats.isFile()) throw new PlaceFault(`which is ${kindOf(stats)}`, "give the name of a file");
  checkChangeable(real);
  if (isMountPoint(real)) throw new PlaceFault("which is mounted by itself", "give a file in a folder that is mounted");
  return place;
}

/**
 * Writes a draft beside the place and does something with it; when that fails nothing is left, folders neither.
 *
 * @returns the folders that were made
 */
function withDraft(
  { real, stats, missing }: Place,
  content: string | Uint8Array,
  use: (draft: string) => void,
): string[] {
  const folder = dirname(real);
  const made = makeFolders(missing);
  const draft = draftIn(folder);
  try {
    // whether the name is too long shows once its folder is there
    lstatSync(real, { throwIfNoEntry: false });
    clearDeadDrafts(folder);
    writeDurably(draft, content, stats);
    use(draft);
    return made;
  } catch (error) {
    removeDraft(draft);
    removeFolders(made);
    throw error;
  }
}

function removeDraft(draft: string): void {
  try {
    unlinkSync(draft);
  } catch {
    // it was not made
  }
}

/** Whether a file is a mount of its own, as in a container: it cannot be replaced then. */
function isMountPoint(real: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return lines.some((line) => unescaped(line.split(" ")[4] ?? "") === real);
  } catch {
    return false;
  }
}

/** Spaces and the like stand there as \040. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
