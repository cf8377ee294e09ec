import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** The functions of Node that change files, as far as the command uses them. */
const changing = [
  "openSync",
  "writeFileSync",
  "mkdirSync",
  "rmdirSync",
  "unlinkSync",
  "renameSync",
  "linkSync",
  "symlinkSync",
  "copyFileSync",
  "fsyncSync",
  "fchmodSync",
  "fchownSync",
] as const;
type Changing = (typeof changing)[number];
type Call = (...args: unknown[]) => unknown;

/** What is wrong with the disk. Calls that change files count from 1. */
export interface Fault {
  /** At this call the process is as good as dead: neither it nor any later one does anything. Half of what is to be written is written. */
  readonly diesAt?: number;
  /** This call fails, once. */
  readonly failsAt?: number;
  /** Neither links nor second names can be made. */
  readonly hasNoLinks?: boolean;
}

/** Does something with files while the disk is at fault. @returns the number of calls that would change files, and the error of the work if there is one */
export async function withFault(
  fault: Fault,
  work: () => Promise<void>,
): Promise<{ calls: number; error: Error | null }> {
  const table = fs as unknown as Record<Changing, Call>;
  const real = Object.fromEntries(changing.map((name) => [name, table[name]])) as Record<Changing, Call>;
  let calls = 0;
  for (const name of changing)
    table[name] = (...args) => {
      if (name === "openSync" && (args[1] ?? "r") === "r") return real.openSync(...args);
      calls++;
      if (fault.diesAt !== undefined && calls >= fault.diesAt) {
        const [file, content] = args as [number, string];
        if (calls === fault.diesAt && name === "writeFileSync") real[name](file, content.slice(0, content.length / 2));
        throw new Error("dead");
      }
      if (calls === fault.failsAt) throw systemError("EIO", name);
      if (fault.hasNoLinks && (name === "symlinkSync" || name === "linkSync")) throw systemError("EPERM", name);
      // a disk that is slow proves nothing here
      return name === "fsyncSync" ? undefined : real[name](...args);
    };
  syncBuiltinESMExports();
  try {
    await work();
    return { calls, error: null };
  } catch (error) {
    return { calls, error: error as Error };
  } finally {
    Object.assign(table, real);
    syncBuiltinESMExports();
  }
}

/** Does something with files without waiting for the disk. */
export async function unsynced(work: () => Promise<void>): Promise<void> {
  const { error } = await withFault({}, work);
  if (error !== null) throw error;
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
}
