// @module-tag long
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { scratchFolder } from "../../support/scratch.ts";
import { seedIn, smallRun } from "../../support/smallRun.ts";

const home = scratchFolder();
const { run, traced } = smallRun(home);
const hasStrace = spawnSync("strace", ["-e", "trace=none", "true"]).status === 0;

/** A place of its own. */
function place(name: string): { around: string; out: string } {
  const around = join(home, name);
  mkdirSync(around);
  return { around, out: join(around, "o") };
}

const result = ["metrics.json", "model", "report.html"];

describe("a result folder whose run is killed before any call that changes a file", () => {
  it("reads as the old result or as the new one, and the next run leaves nothing of the killed one", () => {
    const { around, out } = place("old");
    expect(run(out, 100).status).toBe(0);
    writeFileSync(join(out, "notes.txt"), "mine");
    const seeds: (number | null)[] = [];
    for (let at = 1; ; at++) {
      const ended = run(out, 200 + at, { KILL_AT: String(at) });
      seeds.push(seedIn(out));
      if (ended.signal === null) break;
      expect(readdirSync(around)).toEqual(["o"]);
      expect(readdirSync(out).filter((name) => ![...result, "notes.txt"].includes(name))).toEqual(
        expect.not.arrayContaining([expect.stringMatching(/^\./)]),
      );
      if (at % 3 === 0) {
        expect(run(out, 100).status).toBe(0);
        expect(readdirSync(out).sort()).toEqual([...result, "notes.txt"].sort());
      }
      // the run that comes next is killed, too
    }
    expect(new Set(seeds).size).toBeGreaterThan(10);
    expect(seeds.length).toBeGreaterThan(50);
    expect(readFileSync(join(out, "notes.txt"), "utf8")).toBe("mine");
    expect(readdirSync(out).sort()).toEqual([...result, "notes.txt"].sort());
  });

  it("appears whole where nothing was, or not at all", () => {
    for (let at = 1; ; at++) {
      const { around, out } = place(`new-${at}`);
      const ended = run(join(around, "p/q/o"), 1, { KILL_AT: String(at) });
      expect([null, 1]).toContain(seedIn(join(around, "p/q/o")));
      expect(run(join(around, "p/q/o"), 2).status).toBe(0);
      expect(readdirSync(join(around, "p/q"))).toEqual(["o"]);
      expect(readdirSync(join(around, "p/q/o")).sort()).toEqual(result);
      rmSync(around, { recursive: true });
      expect(out).not.toBe("");
      if (ended.signal === null) break;
    }
  });

  it("is finished by runs that are killed while they finish it", () => {
    const random = new Random(3);
    const { out } = place("again");
    expect(run(out, 0).status).toBe(0);
    for (let k = 1; k <= 60; k++) {
      run(out, k, { KILL_AT: String(1 + Math.floor(70 * random.uniform())) });
      expect(seedIn(out)).toBeLessThanOrEqual(k);
    }
    expect(run(out, 1000).status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it("is whole after the next run where no links can be made", () => {
    const { out } = place("no-links");
    expect(run(out, 1, { NO_LINKS: "1" }).status).toBe(0);
    for (let at = 1; ; at++) {
      const { signal } = run(out, 10 + at, { KILL_AT: String(at), NO_LINKS: "1" });
      const { errors, status } = run(out, 500, { KILL_AT: "10000", NO_LINKS: "1" });
      expect({ errors, status }).toEqual({ errors: "", status: 0 });
      expect(seedIn(out)).toBe(500);
      expect(readdirSync(out).sort()).toEqual(result);
      if (signal === null) break;
    }
  });

  it.skipIf(!hasStrace)("holds for the calls of the system as for those of Node", () => {
    const { around, out } = place("system");
    expect(run(out, 1).status).toBe(0);
    for (const call of ["rename", "unlink", "mkdir", "rmdir", "symlink", "link", "fsync", "write", "fchmod"])
      for (let at = 1; ; at++) {
        const rule = [`trace=${call}`, `inject=${call}:signal=SIGKILL:when=${at}`].flatMap((each) => ["-e", each]);
        const { status } = traced(rule, out, at + 1);
        expect(seedIn(out)).toBeGreaterThan(0);
        if (status === 0) break;
        expect(readdirSync(around)).toEqual(["o"]);
      }
    expect(run(out, 99).status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it.skipIf(!hasStrace)("is as it was, or the new one, when any call of the system fails", () => {
    const { out } = place("failing");
    expect(run(out, 1).status).toBe(0);
    for (const call of ["rename", "unlink", "mkdir", "rmdir", "symlink", "link", "fsync", "fchmod"])
      for (let at = 1; ; at++) {
        const rule = [`trace=${call}`, `inject=${call}:error=EIO:when=${at}`].flatMap((each) => ["-e", each]);
        const before = seedIn(out)!;
        const { status, errors } = traced(rule, out, before + 1);
        expect([before, before + 1]).toContain(seedIn(out));
        if (status !== 0) expect({ call, at, errors }).toMatchObject({ errors: expect.stringMatching(/^InputError: --out is .*EIO/) });
        const again = run(out, before + 2);
        expect(again).toMatchObject({ status: 0, errors: "" });
        expect(readdirSync(out).sort()).toEqual(result);
        if (at > 30) break;
      }
  });
});
