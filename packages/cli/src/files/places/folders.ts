import { lstatSync, mkdirSync, rmdirSync } from "node:fs";
import { codeOf } from "./placeFault.ts";

/**
 * Makes folders, one in the other, the topmost first. One by one: where Node makes several at once, it never ends below /proc.
 *
 * @returns those that were not there
 * @throws what the system says; then none is left
 */
export function makeFolders(folders: readonly string[]): string[] {
  const made: string[] = [];
  try {
    for (const folder of folders) if (makeFolder(folder)) made.push(folder);
    return made;
  } catch (error) {
    removeFolders(made);
    throw error;
  }
}

/** Makes a folder unless it is there. @returns whether it was made */
export function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && lstatSync(folder).isDirectory()) return false;
    throw error;
  }
}

/** Takes folders away, the last first, as far as they are empty. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of [...folders].reverse()) {
    try {
      rmdirSync(folder);
    } catch {
      // somebody has put something there
    }
  }
}
