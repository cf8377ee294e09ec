import { existsSync, statSync } from "node:fs";
import { InputError } from "../door/inputError.ts";

/** @throws InputError when there is no such file */
export function checkFile(path: string): void {
  if (!existsSync(path)) throw new InputError(`there is no file ${path}; check the path`);
  if (!statSync(path).isFile()) throw new InputError(`${path} is no file; give a .csv, .tsv or .npy file`);
}
