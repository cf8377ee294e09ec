import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFile, roomFor, withFile } from "../../../src/tables/bytes/inputFile.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();

describe("files that are read", () => {
  it("are files: no folder, pipe or device, however they are reached", () => {
    mkdirSync(join(folder, "d.csv"));
    spawnSync("mkfifo", [join(folder, "f.csv")]);
    symlinkSync("/dev/zero", join(folder, "z.csv"));
    for (const name of ["d.csv", "f.csv", "z.csv"]) expect(() => checkFile(join(folder, name))).toThrow(/is no file/);
  });

  it("are there: no link that leads nowhere, no path that is too long", () => {
    symlinkSync("nowhere", join(folder, "n.csv"));
    symlinkSync("l.csv", join(folder, "l.csv"));
    expect(() => checkFile(join(folder, "n.csv"))).toThrow(/there is no file .*n\.csv/);
    expect(() => checkFile(join(folder, "l.csv"))).toThrow(/l\.csv is a link to itself/);
    expect(() => checkFile("x".repeat(5000))).toThrow(/there is no file/);
    expect(() => checkFile(join(put(folder, "file", ""), "x.csv"))).toThrow(/there is no file/);
    symlinkSync(put(folder, "real.csv", "1"), join(folder, "s.csv"));
    expect(() => checkFile(join(folder, "s.csv"))).not.toThrow();
  });

  it("are read from any place, and not beyond their end", () => {
    const path = put(folder, "bytes", Uint8Array.of(1, 2, 3, 4));
    const bytes = new Uint8Array(2);
    withFile(path, (file) => file.fill(bytes, 1));
    expect([...bytes]).toEqual([2, 3]);
    expect(() => withFile(path, (file) => file.fill(bytes, 3))).toThrow(/ended while it was read/);
  });

  it("beyond 2 GB are read as well", { tags: ["long"] }, () => {
    const path = join(folder, "sparse");
    writeFileSync(path, "");
    truncateSync(path, 3 * 2 ** 30);
    const bytes = new Uint8Array(3).fill(7);
    withFile(path, (file) => file.fill(bytes, 3 * 2 ** 30 - 3));
    expect([...bytes]).toEqual([0, 0, 0]);
  });

  it("have room in memory, or are refused", () => {
    expect(roomFor("x.npy", 3)).toHaveLength(3);
    expect(() => roomFor("x.npy", 2 ** 50)).toThrow(/x\.npy needs \d+\.\d GB of memory/);
  });
});
