// @module-tag long
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "kindred";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runs } from "../../../../kindred/test/support/runs.ts";
import { ResultFolder } from "../../../src/files/outputs/resultFolder.ts";
import { WORKSHOP, workshopBeside } from "../../../src/files/outputs/workshop.ts";
import { unsynced, withFault, type Fault } from "../../support/faultyDisk.ts";
import { scratchFolder } from "../../support/scratch.ts";
import { seedIn, smallRun, writeSmallResult } from "../../support/smallRun.ts";

const home = scratchFolder();
const result = ["metrics.json", "model", "report.html"];
/** No process has it. */
const DEAD_PROCESS = 99_999_999;

/** Claims a folder and writes a result, as the command does. */
async function claimAndWrite(out: string, seed: number): Promise<void> {
  const folder = new ResultFolder(out, "--out", []);
  try {
    await folder.write((drafts) => writeSmallResult(drafts, seed));
  } finally {
    folder.release();
  }
}

/** The same without waiting for the disk. */
const write = (out: string, seed: number): Promise<void> => unsynced(() => claimAndWrite(out, seed));

/** The same on a disk at fault. @returns whether it came to its end, and the error */
async function attempt(out: string, seed: number, fault: Fault): Promise<{ isDone: boolean; error: Error | null }> {
  const { calls, error } = await withFault(fault, () => claimAndWrite(out, seed));
  if (fault.diesAt !== undefined) bury(out);
  return { isDone: calls < (fault.diesAt ?? fault.failsAt ?? Infinity), error };
}

/** Makes locks of this process those of a dead one. */
function bury(out: string): void {
  process.removeAllListeners("exit");
  for (const workshop of [join(out, WORKSHOP), workshopBeside(out)]) {
    const lock = join(workshop, "lock");
    if (!existsSync(lock)) continue;
    const mark = readFileSync(lock, "utf8");
    writeFileSync(lock, mark.replace(/^\d+/, String(DEAD_PROCESS)));
  }
}

/** A path for a result, alone in a folder of its own. */
function placeNamed(name: string): { around: string; out: string } {
  const around = join(home, name);
  mkdirSync(around);
  return { around, out: join(around, "o") };
}

describe("a run that is killed before any call that changes a file", () => {
  const listeners = process.listeners("exit");
  // a lock that is taken over is watched for a while
  beforeEach(() => void vi.spyOn(Atomics, "wait").mockReturnValue("timed-out"));
  afterEach(() => {
    vi.restoreAllMocks();
    process.removeAllListeners("exit");
    for (const listener of listeners) process.on("exit", listener);
  });

  it("leaves the old result or the new one, and the next run leaves nothing of it", async () => {
    const { around, out } = placeNamed("old");
    await write(out, 1);
    writeFileSync(join(out, "notes.txt"), "mine");
    const seen = new Set<number | null>();
    for (let at = 1, isDone = false; !isDone; at++) {
      const before = seedIn(out);
      ({ isDone } = await attempt(out, 2 * at, { diesAt: at }));
      expect([before, 2 * at]).toContain(seedIn(out));
      seen.add(seedIn(out));
      expect(readdirSync(around)).toEqual(["o"]);
      expect(readdirSync(out)).toEqual(expect.arrayContaining(result));
      expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
      await write(out, 2 * at + 1);
      expect(seedIn(out)).toBe(2 * at + 1);
      expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "notes.txt", "report.html"]);
      expect(readdirSync(join(out, "model")).sort()).toEqual(["head.json", "weights.safetensors"]);
    }
    expect(seen.size).toBeGreaterThan(50);
    expect(readFileSync(join(out, "notes.txt"), "utf8")).toBe("mine");
  });

  it("leaves nothing or the whole result where nothing was", async () => {
    for (let at = 1, isDone = false; !isDone; at++) {
      const { around } = placeNamed(`new-${at}`);
      const out = join(around, "p/q/o");
      ({ isDone } = await attempt(out, 1, { diesAt: at }));
      expect([null, 1]).toContain(seedIn(out));
      if (existsSync(out)) expect(readdirSync(out).sort()).toEqual(result);
      await write(out, 2);
      expect(readdirSync(join(around, "p/q"))).toEqual(["o"]);
      expect(readdirSync(out).sort()).toEqual(result);
    }
  });

  it("leaves nothing that reads as a result, or the whole one, in an empty folder", async () => {
    for (let at = 1, isDone = false; !isDone; at++) {
      const { out } = placeNamed(`empty-${at}`);
      mkdirSync(out);
      ({ isDone } = await attempt(out, 1, { diesAt: at }));
      expect([null, 1]).toContain(seedIn(out));
      await write(out, 2);
      expect(readdirSync(out).sort()).toEqual(result);
    }
  });

  it("may be followed by others that are killed while they finish what it left", { tags: ["drawn"] }, async () => {
    const random = new Random(3);
    const { out } = placeNamed("again");
    await write(out, 0);
    for (let k = 1; k <= runs(100); k++) {
      const before = seedIn(out);
      await attempt(out, k, { diesAt: 1 + Math.floor(75 * random.uniform()) });
      expect([before, k]).toContain(seedIn(out));
    }
    await write(out, 1_000_000);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it("is made good by the next run where no links can be made", async () => {
    const { out } = placeNamed("no-links");
    await write(out, 0);
    for (let at = 1, isDone = false; !isDone; at++) {
      ({ isDone } = await attempt(out, 2 * at, { diesAt: at, hasNoLinks: true }));
      const site = new ResultFolder(out, "--out", []);
      expect([2 * at - 1, 2 * at, 0]).toContain(seedIn(out));
      site.release();
      expect((await attempt(out, 2 * at + 1, { hasNoLinks: true })).error).toBeNull();
      expect(seedIn(out)).toBe(2 * at + 1);
      expect(readdirSync(out).sort()).toEqual(result);
    }
  });
});

describe("a disk on which one call fails", () => {
  it("leaves the old result with a sentence, or the new one, and no draft", async () => {
    const { out } = placeNamed("failing");
    await write(out, 0);
    for (let at = 1, isDone = false; !isDone; at++) {
      const before = seedIn(out);
      const attempted = await attempt(out, at, { failsAt: at });
      isDone = attempted.isDone;
      expect(seedIn(out)).toBe(attempted.error === null ? at : before);
      if (attempted.error !== null) expect(String(attempted.error)).toMatch(/^InputError: --out is .*EIO/);
      await write(out, before! + 0.5);
      expect(readdirSync(out).sort()).toEqual(result);
    }
  });
});

describe("a process that is killed", () => {
  const { run, traced } = smallRun(scratchFolder());
  const hasStrace = spawnSync("strace", ["-e", "trace=none", "true"]).status === 0;

  it("leaves a lock that the next one takes over", () => {
    const { around, out } = placeNamed("process");
    expect(run(out, 1).status).toBe(0);
    for (const at of [2, 20, 40]) {
      expect(run(out, 1 + at, { KILL_AT: String(at) }).signal).toBe("SIGKILL");
      expect([1, 1 + at]).toContain(seedIn(out));
      expect(run(out, 1)).toEqual({ status: 0, signal: null, errors: "" });
      expect(readdirSync(around)).toEqual(["o"]);
      expect(readdirSync(out).sort()).toEqual(result);
    }
  });

  it.skipIf(!hasStrace)(
    "leaves the old result or the new one at each of the system's calls",
    // in the long lane a process is begun for each of some hundred calls
    { tags: ["drawn"], timeout: runs(120_000) },
    () => {
      const { out } = placeNamed("system");
      expect(run(out, 1).status).toBe(0);
      const calls = ["unlink", "mkdir", "rmdir", "symlink", "link", "fsync", "write", "fchmod"];
      for (const call of ["rename", ...(runs(1) > 1 ? calls : [])])
        for (let at = 1, isDone = false; !isDone; at++) {
          const rule = [`trace=${call}`, `inject=${call}:signal=SIGKILL:when=${at}`].flatMap((each) => ["-e", each]);
          const before = seedIn(out);
          isDone = traced(rule, out, before! + 1).status === 0;
          expect([before, before! + 1]).toContain(seedIn(out));
        }
      expect(run(out, 9999).status).toBe(0);
      expect(readdirSync(out).sort()).toEqual(result);
    },
  );
});
