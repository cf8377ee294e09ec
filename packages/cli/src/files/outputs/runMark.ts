import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names a run in locks and in the names of drafts, so that a later run knows whether it still lives:
 * process, when it began, the machine (on Linux of this start, and as a container sees it), and a random part.
 */
export type RunMark = string;

/** A mark that is not touched for so long is dead, where the process cannot be looked for. */
const SILENT_MS = 120_000;

/** A mark of this process, each time another. */
export function newMark(): RunMark {
  return [process.pid, begunAt(process.pid) ?? 0, machine(), randomBytes(6).toString("hex")].join("-");
}

/** The mark's process; null when it is no mark. */
export function processOf(mark: RunMark): number | null {
  const found = /^(\d+)-\d+-[0-9a-f]{8}-[0-9a-f]{12}$/.exec(mark);
  return found === null ? null : Number(found[1]);
}

/** Whether a mark was made where this process runs, and its process can be looked for. */
export function isOfThisMachine(mark: RunMark): boolean {
  return mark.split("-")[2] === machine();
}

/** @param touchedMs when the file that bears the mark was last written to or touched */
export function isAlive(mark: RunMark, touchedMs: number): boolean {
  const pid = processOf(mark);
  if (pid === null) return false;
  if (!isOfThisMachine(mark)) return Date.now() - touchedMs < SILENT_MS;
  if (!isRunning(pid)) return false;
  const begun = begunAt(pid);
  return begun === null || begun === Number(mark.split("-")[1]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // of another user
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began, in ticks since the machine did; -1 when it is over but not yet taken away; null when that is not told. */
function begunAt(pid: number): number | null {
  const text = told(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (text === null) return null;
  // the second field is a name in brackets, which may hold anything
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? -1 : Number(fields[19]);
}

function machine(): string {
  const parts = [
    hostname(),
    told(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")),
    told(() => readlinkSync("/proc/self/ns/pid")),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 8);
}

function told(ask: () => string): string | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
