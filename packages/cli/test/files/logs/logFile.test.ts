import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEventFile, openLog } from "../../../src/files/logs/logFile.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const home = scratchFolder();
const out = join(home, "out");
const place = (name: string, inputs: [string, string][] = []) => ({
  flag: "--log",
  path: join(home, name),
  inputs,
  out,
});

describe("a log", () => {
  it("takes the place of an earlier one with its first line, and not before", () => {
    const path = put(home, "again.jsonl", "old\n");
    const log = openLog(place("again.jsonl"), false);
    expect(readFileSync(path, "utf8")).toBe("old\n");
    log.write("new\n");
    log.write(new TextEncoder().encode("lines\n"));
    log.close();
    expect(readFileSync(path, "utf8")).toBe("new\nlines\n");
  });

  it("goes on behind what is there, on a line of its own where the last was cut off", () => {
    for (const [before, after] of [
      ["", "x\n"],
      ["a\n", "a\nx\n"],
      ["a\nb", "a\nb\nx\n"],
    ]) {
      const path = put(home, "kept.jsonl", before);
      const log = openLog(place("kept.jsonl"), true);
      log.write("x\n");
      log.close();
      expect(readFileSync(path, "utf8")).toBe(after);
    }
  });

  it("makes the folders on its way, and of one that tells nothing nothing is left", () => {
    openLog(place("a/b/none.jsonl"), false).close();
    expect(existsSync(join(home, "a"))).toBe(false);
    const log = openLog(place("a/b/some.jsonl"), false);
    log.write("x\n");
    log.close();
    expect(readdirSync(join(home, "a/b"))).toEqual(["some.jsonl"]);
  });

  it("is refused within the result folder, over an input, and where no file can be", () => {
    const data = put(home, "data.csv", "x");
    const refused = (name: string): string => {
      try {
        openLog(place(name, [["the data", data]]), false);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (const name of ["out", "out/log.jsonl", "out/deep/log.jsonl"])
      expect(refused(name)).toMatch(/^--log is .*, which lies in the result folder; give a place outside of it$/);
    expect(refused("data.csv")).toMatch(/which is the data, too/);
    mkdirSync(join(home, "folder"));
    expect(refused("folder")).toMatch(/which is a folder; give the name of a file/);
    expect(refused("outside.jsonl")).toBe("");
    expect(readFileSync(data, "utf8")).toBe("x");
  });

  it("for TensorBoard has a name of its own in the folder, with tfevents in it", () => {
    const folder = join(home, "board");
    const log = openEventFile({ ...place("board"), flag: "--tensorboard" });
    log.write(Uint8Array.of(1, 2));
    log.close();
    const [name] = readdirSync(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\..*\.kindred$/);
    expect(readFileSync(join(folder, name))).toEqual(Buffer.from([1, 2]));
    writeFileSync(join(home, "file"), "");
    expect(() => openEventFile({ ...place("file"), flag: "--tensorboard" })).toThrow(/--tensorboard is .*is no folder/);
  });
});
