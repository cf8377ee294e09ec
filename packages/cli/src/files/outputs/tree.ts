import { copyFileSync, linkSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { dirname } from "node:path/posix";

/** The files below a folder, as paths in it with "/"; none when there is no folder. */
export function filesIn(folder: string): string[] {
  if (!isThere(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)).map((path) => `${entry.name}/${path}`) : [entry.name],
  );
}

/** The folders of files that are named by their paths in a folder: "." for that one, then those below, the upper ones first. */
export function foldersOf(files: readonly string[]): string[] {
  const below = new Set<string>();
  for (const file of files) for (let each = dirname(file); each !== "."; each = dirname(each)) below.add(each);
  return [".", ...[...below].sort()];
}

/** Takes a file, a link or a folder away with all that is in it; nothing happens where nothing is. Links are not followed. */
export function removeTree(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) return unlinkSync(path);
  for (const name of readdirSync(path)) removeTree(join(path, name));
  rmdirSync(path);
}

/** Whether anything is there, be it a link to nothing. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Gives a file a second name; a copy where the file system knows one name a file. */
export function secondName(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    copyFileSync(file, name);
  }
}
