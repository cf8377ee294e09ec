import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkWritable, writeWhole } from "../../src/files/writeFile.ts";
import { put, runCommand, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();

describe("writeWhole", () => {
  it("writes into folders that are not there yet, and leaves no draft", () => {
    writeWhole(join(folder, "new/deeper/file.txt"), "text");
    expect(readFileSync(join(folder, "new/deeper/file.txt"), "utf8")).toBe("text");
    expect(readdirSync(join(folder, "new/deeper"))).toEqual(["file.txt"]);
  });

  it("leaves no draft when the file cannot take its place", () => {
    mkdirSync(join(folder, "taken/inside"), { recursive: true });
    expect(() => writeWhole(join(folder, "taken"), "text")).toThrow();
    expect(readdirSync(folder).filter((name) => name.includes(".part"))).toEqual([]);
  });
});

describe("checkWritable", () => {
  it("lets pass no path, files and new files in new folders, and makes nothing", () => {
    for (const path of [null, put(folder, "old.txt", ""), join(folder, "fresh/file.txt")]) checkWritable(path, "--out");
    expect(existsSync(join(folder, "fresh"))).toBe(false);
  });

  it("refuses a folder, and a file taken for a folder, with the flag's name", () => {
    expect(() => checkWritable(folder, "--out")).toThrow(/^--out is .*, which is a folder; give the name of a file$/);
    const file = put(folder, "plain.txt", "");
    expect(() => checkWritable(join(file, "x/report.html"), "--report")).toThrow(
      /--report is .*plain.txt is no folder/,
    );
  });

  it.each([
    ["evaluate", ["--out"]],
    ["match", ["--out", "--report"]],
  ])("is asked by %s before files are read", async (command, flags) => {
    for (const flag of flags) {
      const { status, errors } = await runCommand(
        command,
        "missing.csv",
        ...(command === "match" ? ["missing.csv"] : []),
        flag,
        folder,
      );
      expect(errors).toMatch(new RegExp(`${flag} is .* which is a folder`));
      expect(status).toBe(2);
    }
  });
});
