import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { isAlive, isOfThisMachine, newMark, processOf } from "../../../src/files/outputs/runMark.ts";

describe("the mark of a run", () => {
  it("is alive while its process is", async () => {
    expect(isAlive(newMark(), 0)).toBe(true);
    const child = spawn("sleep", ["60"]);
    const mark = newMark().replace(/^\d+-\d+/, `${child.pid}-0`);
    // another process of the same number, begun at another time
    if (process.platform === "linux") expect(isAlive(mark, Date.now())).toBe(false);
    child.kill("SIGKILL");
    await new Promise((done) => child.on("close", done));
    const { pid } = spawnSync("true");
    expect(isAlive(newMark().replace(/^\d+/, String(pid)), Date.now())).toBe(false);
  });

  it("of another machine is alive as long as its file is touched", () => {
    const mark = newMark().replace(/-[0-9a-f]{8}-/, "-00000000-");
    expect(isOfThisMachine(mark)).toBe(false);
    expect(isAlive(mark, Date.now() - 1000)).toBe(true);
    expect(isAlive(mark, Date.now() - 600_000)).toBe(false);
  });

  it("is each time another, and tells its process", () => {
    expect(newMark()).not.toBe(newMark());
    expect(processOf(newMark())).toBe(process.pid);
    for (const text of ["", "notes", "1-2-3-4", "../x"]) {
      expect(processOf(text)).toBeNull();
      expect(isAlive(text, Date.now())).toBe(false);
    }
  });
});
