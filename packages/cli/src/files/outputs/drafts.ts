import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { isAlive, newMark, processOf } from "./runMark.ts";

const BEGINNING = ".kindred-";

/** A path for a draft in a folder, which nobody can foretell. */
export function draftIn(folder: string): string {
  return join(folder, `${BEGINNING}${newMark()}`);
}

/** Clears away the drafts that runs left in a folder when they were killed; those of living runs stay. */
export function clearDeadDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const mark = name.slice(BEGINNING.length);
    if (!name.startsWith(BEGINNING) || processOf(mark) === null) continue;
    const path = join(folder, name);
    try {
      const stats = lstatSync(path);
      if (stats.isFile() && !isAlive(mark, stats.mtimeMs)) unlinkSync(path);
    } catch {
      // somebody else's, or already gone
    }
  }
}
