import { readdirSync, rmdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "../places/folders.ts";
import { codeOf, PlaceFault } from "../places/placeFault.ts";
import { FolderLock } from "./folderLock.ts";
import { removeTree } from "./tree.ts";

/** The name of the folder in which a run prepares its result. It says to a person who finds it what it is. */
export const WORKSHOP = "kindred-unfinished";

const LOCK = "lock";
/** What a workshop may hold: all else is somebody's. */
const own = [LOCK, "new", "old", "now", "link", "note", "agreed.json"];

/** Where the drafts of a workshop lie. */
export const draftsIn = (workshop: string): string => join(workshop, "new");

/** Where the workshop lies of a folder that is not there yet: beside it, since the folder is to appear whole. */
export function workshopBeside(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.${WORKSHOP}`);
}

/** A folder in which one run at a time prepares its result: a lock, and drafts. */
export class Workshop {
  readonly folder: string;
  readonly #lock: FolderLock;

  private constructor(folder: string, lock: FolderLock) {
    this.folder = folder;
    this.#lock = lock;
  }

  /**
   * Makes the folder, or takes over one that a killed run left behind, as it is.
   *
   * @throws PlaceFault when a living run has it; what the system says when it cannot be made
   */
  static open(folder: string): Workshop {
    for (;;) {
      makeFolder(folder);
      try {
        checkOwn(folder);
        return new Workshop(folder, FolderLock.take(join(folder, LOCK)));
      } catch (error) {
        // another run has just ended and taken its workshop away
        if (codeOf(error) === "ENOENT") continue;
        if (!(error instanceof PlaceFault)) removeIfEmpty(folder);
        throw error;
      }
    }
  }

  /** False when it was taken away or over. */
  get isHeld(): boolean {
    return this.#lock.isHeld;
  }

  /** Takes away all but the lock. */
  clear(): void {
    for (const name of readdirSync(this.folder)) if (name !== LOCK) removeTree(join(this.folder, name));
  }

  /** Takes all away. Another run's workshop stays. */
  close(): void {
    if (this.isHeld) this.clear();
    this.#lock.release();
    removeIfEmpty(this.folder);
  }

  /** Leaves all as it is for the next run to take over. */
  abandon(): void {
    this.#lock.release();
  }
}

function checkOwn(folder: string): void {
  const strange = readdirSync(folder).find((name) => !own.includes(name));
  if (strange !== undefined)
    throw new PlaceFault(`but ${folder} is in the way: it holds ${strange}`, "move it, or give another folder");
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // another run is in it already
  }
}
