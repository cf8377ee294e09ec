import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { locate } from "../../../src/files/places/place.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = realpathSync(scratchFolder());
mkdirSync(join(folder, "a/b"), { recursive: true });
put(folder, "file", "");
symlinkSync("a/b", join(folder, "link"));
symlinkSync("gone", join(folder, "nowhere"));
symlinkSync("gone/deeper", join(folder, "farther"));
symlinkSync("circle", join(folder, "circle"));
const at = (path: string): string => join(folder, path);

describe("a place", () => {
  it("is what lies at a path, links followed", () => {
    expect(locate(at("file"))).toMatchObject({ real: at("file"), missing: [] });
    expect(locate(at("file")).stats!.isFile()).toBe(true);
    expect(locate(at("link")).real).toBe(at("a/b"));
    expect(locate(at("link/new"))).toMatchObject({ real: at("a/b/new"), stats: null, missing: [] });
    expect(locate(relative(process.cwd(), at("file"))).real).toBe(at("file"));
  });

  it("names the folders that are missing above it, the topmost first", () => {
    expect(locate(at("p/q/o")).missing).toEqual([at("p"), at("p/q")]);
    expect(locate(`${at("p/q")}${sep}..${sep}o`)).toMatchObject({ real: at("p/o"), missing: [at("p")] });
  });

  it("takes .. behind a link for the folder above what it leads to, as the system does", () => {
    expect(locate(`${at("link")}/../c`).real).toBe(at("a/c"));
  });

  it("is what a link to nothing leads to, but nothing lies below that", () => {
    expect(locate(at("nowhere"))).toMatchObject({ real: at("gone"), stats: null, danglingLink: at("nowhere") });
    expect(() => locate(at("nowhere/o"))).toThrow(`but ${at("nowhere")} is a link to what is not there`);
    expect(() => locate(at("farther"))).toThrow("is a link to what is not there");
  });

  it.each([
    ["empty text", "", "which is empty text"],
    ["a zero byte", "a\0b", "which holds a zero byte"],
    ["a path through a file", at("file/o"), `but ${at("file")} is no folder`],
    ["links in a circle", at("circle"), "but its links lead in a circle"],
  ])("is not at %s", (_, path, sentence) => {
    expect(() => locate(path)).toThrow(sentence);
  });

  it.skipIf(process.platform !== "linux")("is not where the kernel shows what it knows, by whatever link", () => {
    for (const path of ["/proc/x/y", "/sys/o", "/proc", "/dev/stdout"])
      expect(() => locate(path)).toThrow(/which lies in \/(proc|sys)/);
  });
});
