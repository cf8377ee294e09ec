import { existsSync, mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../door/inputError.ts";

/** The file that marks a folder as written by this program. */
export const MARK = "metrics.json";

/**
 * Refuses an output folder that holds something else.
 *
 * @throws InputError unless the folder is missing, empty, or one of this program's own
 */
export function checkResultFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const content = readdirSync(folder);
  if (content.length > 0 && !content.includes(MARK))
    throw new InputError(`${folder} holds other files; give an empty or a new folder with --out`);
}

/**
 * Writes a result folder whole or not at all: into a folder beside it, which takes its place in the end.
 *
 * @param write is given the folder to write to
 */
export async function writeResultFolder(
  folder: string,
  write: (folder: string) => void | Promise<void>,
): Promise<void> {
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  const draft = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    await write(draft);
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
