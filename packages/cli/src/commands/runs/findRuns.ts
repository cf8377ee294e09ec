import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { InputError } from "../../door/inputError.ts";
import { MARK, RESULT_FORMAT } from "../../files/outputs/resultFiles.ts";
import { readRun, type RunFigures } from "./runFigures.ts";

/** What was found below a folder. */
export interface FoundRuns {
  readonly runs: readonly RunFigures[];
  /** What bears the name of a result's metrics and cannot be read as one, and why. */
  readonly damaged: readonly { readonly folder: string; readonly why: string }[];
  /** Folders that may not be looked into. */
  readonly closed: readonly string[];
}

/** Metrics are smaller. */
const MOST_BYTES = 2 ** 26;
/** Folders in one another: a folder of runs is not deeper. */
const MOST_DEPTH = 8;
/** Folders that hold no results, and many files. */
const leftOut = new Set(["node_modules"]);

/**
 * Looks for the results of `kindred train` in a folder and those below, hidden ones and links left out. Files of other programs that are
 * called metrics.json are passed over.
 *
 * @throws InputError when there is no such folder
 */
export function findRuns(folder: string): FoundRuns {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`${folder} is no folder; give one with results of kindred train in it`);
  const found = { runs: [] as RunFigures[], damaged: [] as { folder: string; why: string }[], closed: [] as string[] };
  const look = (path: string, depth: number): void => {
    const name = relative(folder, path) || ".";
    const entries = entriesOf(path);
    if (entries === null) return void found.closed.push(name);
    if (entries.some((entry) => entry.name === MARK)) lookAt(join(path, MARK), name, found);
    for (const entry of entries)
      if (entry.isDirectory() && depth < MOST_DEPTH && !entry.name.startsWith(".") && !leftOut.has(entry.name))
        look(join(path, entry.name), depth + 1);
  };
  look(folder, 0);
  return found;
}

function entriesOf(path: string): readonly { readonly name: string; isDirectory(): boolean }[] | null {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return null;
  }
}

function lookAt(path: string, folder: string, found: { runs: RunFigures[]; damaged: object[] }): void {
  const damaged = (why: string): void => void found.damaged.push({ folder, why });
  try {
    const stats = lstatSync(path);
    if (!stats.isFile()) return damaged(`its ${MARK} is no file`);
    if (stats.size > MOST_BYTES)
      return damaged(`its ${MARK} has ${stats.size} bytes, a result's has at most ${MOST_BYTES}`);
    const text = readFileSync(path, "utf8");
    const metrics = parsed(text);
    if (metrics === null) {
      // without its mark it may be anybody's
      if (text.includes(RESULT_FORMAT)) damaged(`its ${MARK} is no JSON: it was cut off, or changed`);
      return;
    }
    if (metrics.format !== RESULT_FORMAT) return;
    const run = readRun(metrics, folder, stats.mtime);
    if (run === null) return damaged(`its ${MARK} lacks figures of a result`);
    found.runs.push(run);
  } catch (error) {
    damaged(`its ${MARK} cannot be read: ${(error as Error).message}`);
  }
}

/** The object of a JSON text, one with nothing in it for what is no object; null: it is no JSON. */
function parsed(text: string): { readonly format?: unknown } | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return null;
  }
}
