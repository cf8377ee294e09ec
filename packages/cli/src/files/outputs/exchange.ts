import { lstatSync, readFileSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolders } from "../places/folders.ts";
import { settleFile, settleFolder, writeDurably } from "./durable.ts";
import { filesIn, foldersOf, isThere, secondName } from "./tree.ts";
import { draftsIn, WORKSHOP } from "./workshop.ts";

/*
 * Puts new files in the place of old ones inside a folder, all of them at one moment.
 *
 * A folder that holds something cannot be replaced by another in one step, nor a mount point at all; and files that are
 * renamed one after the other are a mixture in between. So:
 *
 *   1. the drafts lie in workshop/new, safe on the disk; workshop/old gets a second name of each old file;
 *   2. workshop/now is a link to "old", and one after the other the files become links to workshop/now/<file>: whoever reads
 *      them still reads the old ones;
 *   3. workshop/now becomes a link to "new", by one rename: from here on all are the new ones;
 *   4. one after the other the links become the new files themselves.
 *
 * Whatever stops it, at every moment the folder reads as the old result or as the new one, to any program. What a killed run
 * left undone `finishExchange` does. Where links cannot be made or replaced (some file systems, Windows), a note in the
 * workshop that all drafts are there takes the place of steps 2 and 3: what a kill leaves as a mixture becomes the new result with the
 * next run.
 */

/**
 * Exchanges the files of a folder for the drafts in its workshop.
 *
 * @param known files of the folder that go when there is no draft of them; all others stay
 * @throws what the system says; then the old files are there, whole
 */
export function exchangeFiles(folder: string, known: readonly string[]): void {
  const workshop = join(folder, WORKSHOP);
  settleDrafts(workshop, folder);
  const drafts = filesIn(draftsIn(workshop));
  const old = [...new Set([...drafts, ...known])].filter((file) => isThere(join(folder, file)));
  try {
    if (tryLink("old", join(workshop, "now"))) throughLinks(folder, drafts, old);
    else
      noteAgreed(
        workshop,
        known.filter((file) => !drafts.includes(file)),
      );
  } catch (error) {
    if (sideOf(workshop) !== "new") {
      finishExchange(folder);
      throw error;
    }
  }
  try {
    finishExchange(folder);
  } catch {
    // the folder reads as the new result; when its workshop is closed, or by the next run, this is tried again
  }
}

/** Waits until the disk has all drafts, each with the rights of the file that it is to replace in a folder. */
export function settleDrafts(workshop: string, folder: string): void {
  const drafts = draftsIn(workshop);
  const files = filesIn(drafts);
  for (const file of files)
    settleFile(join(drafts, file), lstatSync(join(folder, file), { throwIfNoEntry: false }) ?? null);
  settleFolders(drafts, files);
}

/**
 * Brings a folder to one of two results, the new one when all drafts had been agreed on, else the old one, where an exchange
 * was begun and not finished.
 *
 * @throws what the system says; then the folder reads as it did
 */
export function finishExchange(folder: string): void {
  const workshop = join(folder, WORKSHOP);
  const side = sideOf(workshop);
  if (side === null) return;
  const drafts = filesIn(draftsIn(workshop));
  const old = filesIn(join(workshop, "old"));
  const isLink = (file: string): boolean => isOwnLink(join(folder, file));
  for (const file of side === "new" ? drafts : old.filter(isLink)) {
    makeFolders(folder, [file]);
    renameSync(join(workshop, side, file), join(folder, file));
  }
  // what is left leads to nothing: files that only the other result has
  for (const file of [...drafts, ...old].filter(isLink)) unlinkSync(join(folder, file));
  for (const file of droppedOf(workshop)) if (isThere(join(folder, file))) unlinkSync(join(folder, file));
  if (side === "old")
    removeFolders(
      foldersOf(drafts)
        .slice(1)
        .map((each) => join(folder, each)),
    );
  settleFolders(folder, [...drafts, ...old]);
  for (const name of ["now", NOTE]) if (isThere(join(workshop, name))) unlinkSync(join(workshop, name));
}

function throughLinks(folder: string, drafts: readonly string[], old: readonly string[]): void {
  const workshop = join(folder, WORKSHOP);
  const files = [...new Set([...drafts, ...old])];
  makeFolders(join(workshop, "old"), files);
  for (const file of old) secondName(join(folder, file), join(workshop, "old", file));
  settleFolders(join(workshop, "old"), files);
  settleFolder(workshop);
  makeFolders(folder, files);
  for (const file of files) {
    const up = "../".repeat(file.split("/").length - 1);
    putLink(`${up}${WORKSHOP}/now/${file}`, join(folder, file), workshop);
  }
  settleFolders(folder, files);
  putLink("new", join(workshop, "now"), workshop);
  settleFolder(workshop);
}

/** What a folder in the middle of an exchange reads as; null when none was begun. */
function sideOf(workshop: string): "old" | "new" | null {
  if (isThere(join(workshop, NOTE))) return "new";
  const now = join(workshop, "now");
  if (!isThere(now)) return null;
  return readlinkSync(now) === "new" ? "new" : "old";
}

/** Says that all drafts are there, and which files go without one. */
const NOTE = "agreed.json";

function noteAgreed(workshop: string, dropped: readonly string[]): void {
  const draft = join(workshop, "note");
  writeDurably(draft, JSON.stringify(dropped), null);
  renameSync(draft, join(workshop, NOTE));
  settleFolder(workshop);
}

function droppedOf(workshop: string): readonly string[] {
  const note = join(workshop, NOTE);
  return isThere(note) ? (JSON.parse(readFileSync(note, "utf8")) as string[]) : [];
}

/** Puts a link in a file's place, in one step. */
function putLink(target: string, path: string, workshop: string): void {
  const link = join(workshop, "link");
  symlinkSync(target, link);
  renameSync(link, path);
}

function tryLink(target: string, path: string): boolean {
  // links to folders cannot be replaced there
  if (process.platform === "win32") return false;
  try {
    symlinkSync(target, path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a path is a link into a workshop. */
function isOwnLink(path: string): boolean {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink && readlinkSync(path).includes(`${WORKSHOP}/now/`);
}

function makeFolders(folder: string, files: readonly string[]): void {
  for (const each of foldersOf(files)) makeFolder(join(folder, each));
}

function settleFolders(folder: string, files: readonly string[]): void {
  for (const each of foldersOf(files)) settleFolder(join(folder, each));
}
