import { closeSync, lstatSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, PlaceFault } from "./placeFault.ts";

/**
 * Tries whether a file may be changed and replaced, without doing so.
 *
 * @throws PlaceFault when it may not: its rights say so, it is locked, or it is somebody else's in a folder where only owners replace
 */
export function checkChangeable(file: string): void {
  try {
    closeSync(openSync(file, "r+"));
  } catch (error) {
    if (!refusals.includes(codeOf(error) ?? "")) throw error;
    throw new PlaceFault("which may not be written to", "give another place, or the right to write");
  }
  const own = process.geteuid?.() ?? 0;
  const folder = lstatSync(dirname(file));
  if (own !== 0 && (folder.mode & STICKY) !== 0 && ![folder.uid, lstatSync(file).uid].includes(own))
    throw new PlaceFault("which belongs to somebody else", "give another place");
}

const refusals = ["EACCES", "EPERM", "ETXTBSY", "ERR_ACCESS_DENIED"];

/** Of a folder such as /tmp. */
const STICKY = 0o1000;
