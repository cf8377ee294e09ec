import { closeSync, lstatSync, openSync, readFileSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { codeOf, PlaceFault } from "../places/placeFault.ts";
import { isAlive, isOfThisMachine, newMark, processOf, type RunMark } from "./runMark.ts";

/** How often a lock is touched, for those who cannot look for its process. */
const TOUCH_MS = 10_000;
/** Within this time a lock that was just made gets its content. */
const FILLED_MS = 200;
/** A lock of a dead run may be taken by two at once: after this time the one that lost it sees that. */
const CONTEST_MS = 50;

/** A file that says that a run writes here. A run that is killed leaves it behind; the next one sees that and takes it over. */
export class FolderLock {
  readonly #path: string;
  readonly #mark: RunMark;
  readonly #touching: NodeJS.Timeout;

  private constructor(path: string, mark: RunMark) {
    this.#path = path;
    this.#mark = mark;
    this.#touching = setInterval(() => this.#touch(), TOUCH_MS).unref();
  }

  /** @throws PlaceFault when a living run has it; what the system says when it cannot be written */
  static take(path: string): FolderLock {
    const mark = newMark();
    let isContested = false;
    while (!create(path, mark)) {
      if (clearDead(path)) isContested = true;
    }
    if (isContested) wait(CONTEST_MS);
    if (contentOf(path) !== mark) throw new PlaceFault("into which another run has just begun to write", WAIT);
    return new FolderLock(path, mark);
  }

  /** False when somebody has taken it away. */
  get isHeld(): boolean {
    return contentOf(this.#path) === this.#mark;
  }

  /** Takes the file away. */
  release(): void {
    clearInterval(this.#touching);
    if (this.isHeld) unlinkSync(this.#path);
  }

  #touch(): void {
    try {
      const now = new Date();
      if (this.isHeld) utimesSync(this.#path, now, now);
    } catch {
      // told when the result is written
    }
  }
}

const WAIT = "wait until it has ended, or give another folder";

/** @returns false when there is one */
function create(path: string, mark: RunMark): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o666);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(file, mark);
    return true;
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Takes a dead run's lock away. @returns whether there was one still @throws PlaceFault when its run lives */
function clearDead(path: string): boolean {
  let mark = contentOf(path);
  if (mark === "") {
    wait(FILLED_MS);
    mark = contentOf(path);
  }
  const touched = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (mark === null || touched === undefined) return false;
  if (isAlive(mark, touched)) throw heldFault(path, mark);
  if (contentOf(path) === mark) unlinkSync(path);
  return true;
}

function heldFault(path: string, mark: RunMark): PlaceFault {
  return isOfThisMachine(mark)
    ? new PlaceFault(`into which another run (process ${processOf(mark)}) writes`, WAIT)
    : new PlaceFault("into which a run on another machine writes", `${WAIT}; if it is dead, delete ${path}`);
}

/** Null when there is none. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
