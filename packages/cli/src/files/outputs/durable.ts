import { closeSync, fchmodSync, fchownSync, fstatSync, fsyncSync, openSync, writeFileSync, type Stats } from "node:fs";

/**
 * Writes a file that is not there yet, and waits until the disk has it.
 *
 * @param replaced the file whose rights it takes; null: those that the umask leaves
 * @throws what the system says, EEXIST when something is there, a link too
 */
export function writeDurably(path: string, content: string | Uint8Array, replaced: Stats | null): void {
  const file = openSync(path, "wx", 0o666);
  try {
    if (replaced !== null) takeRights(file, replaced);
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until the disk has a file. @param replaced the file whose rights it takes; null: it keeps its own */
export function settleFile(path: string, replaced: Stats | null): void {
  const file = openSync(path, "r+");
  try {
    if (replaced !== null) takeRights(file, replaced);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until the disk has what came and went in a folder, where the system can. */
export function settleFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(file);
  } catch (error) {
    // Windows and some network file systems know no such thing
    if (!["EPERM", "EISDIR", "EINVAL", "EBADF", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  } finally {
    closeSync(file);
  }
}

function takeRights(file: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(file, uid, gid);
  } catch {
    // only root may give files away
  }
  // some file systems have the same rights for all files, and refuse to change them
  if (((fstatSync(file).mode ^ mode) & 0o777) !== 0) fchmodSync(file, mode & 0o777);
}
