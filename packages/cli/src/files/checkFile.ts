import { accessSync, constants, statSync, type Stats } from "node:fs";
import { InputError } from "../door/inputError.ts";
import { kindOf } from "./places/kindOf.ts";

/** @throws InputError when there is no such file, or it may not be read */
export function checkFile(path: string): void {
  const stats = statsOf(path);
  if (stats === null) throw new InputError(`there is no file ${path === "" ? '""' : path}; check the path`);
  if (!stats.isFile()) throw new InputError(`${path} is ${kindOf(stats)}; give a .csv, .tsv or .npy file`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new InputError(`${path} may not be read; give the right to, or another file`);
  }
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
