import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../door/inputError.ts";

/**
 * Refuses a path that cannot be written to, before the work whose result it is to take.
 *
 * @param flag that the path was given with
 * @throws InputError when it is a folder, or its folder is none or may not be written to
 */
export function checkWritable(path: string | null, flag: string): void {
  if (path === null) return;
  const target = resolve(path);
  if (existsSync(target) && statSync(target).isDirectory())
    throw new InputError(`${flag} is ${path}, which is a folder; give the name of a file`);
  let folder = dirname(target);
  while (!existsSync(folder)) folder = dirname(folder);
  if (!statSync(folder).isDirectory())
    throw new InputError(`${flag} is ${path}, but ${folder} is no folder; give a file in a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new InputError(`${flag} is ${path}, but ${folder} may not be written to; give a file in another folder`);
  }
}

/** Writes a file whole or not at all: beside its place first. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const target = resolve(path);
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.part`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}
