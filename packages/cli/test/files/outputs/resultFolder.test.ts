import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ResultFolder } from "../../../src/files/outputs/resultFolder.ts";
import { unsynced } from "../../support/faultyDisk.ts";
import { put, scratchFolder } from "../../support/scratch.ts";
import { seedIn, writeSmallResult } from "../../support/smallRun.ts";

const home = scratchFolder();
const result = ["metrics.json", "model", "report.html"];
let places = 0;
const newPlace = (): string => {
  const around = join(home, String(places++));
  mkdirSync(around);
  return join(around, "o");
};
const claim = (path: string, others: readonly [string, string][] = []): ResultFolder =>
  new ResultFolder(path, "--out", others);

const write = (path: string, seed: number): Promise<void> =>
  unsynced(async () => {
    const folder = claim(path);
    try {
      await folder.write((drafts) => writeSmallResult(drafts, seed));
    } finally {
      folder.release();
    }
  });

describe("a result folder", () => {
  it("appears whole, with the rights that the umask leaves, and nothing beside it", async () => {
    const out = newPlace();
    await write(join(out, "deeper"), 1);
    expect(seedIn(join(out, "deeper"))).toBe(1);
    expect(readdirSync(out)).toEqual(["deeper"]);
    expect(readdirSync(join(out, "deeper")).sort()).toEqual(result);
    expect(statSync(join(out, "deeper")).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  it("takes a new result in an old one's place; the user's files stay as they are", async () => {
    const out = newPlace();
    await write(out, 1);
    put(out, "notes.txt", "mine");
    put(join(out, "model"), "card.md", "mine");
    mkdirSync(join(out, ".git"));
    chmodSync(join(out, "metrics.json"), 0o600);
    await write(out, 2);
    expect(seedIn(out)).toBe(2);
    expect(readdirSync(out).sort()).toEqual([".git", ...result, "notes.txt"].sort());
    expect(readFileSync(join(out, "model/card.md"), "utf8")).toBe("mine");
    expect(statSync(join(out, "metrics.json")).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(out, "metrics.json")).isFile()).toBe(true);
  });

  it("leaves out a file of the old result that the new one does not have", async () => {
    const out = newPlace();
    await write(out, 1);
    const folder = claim(out);
    await folder.write((drafts) => writeFileSync(join(drafts, "metrics.json"), '{"format":"kindred-result"}'));
    folder.release();
    expect(readdirSync(out).sort()).toEqual(["metrics.json", "model"]);
    expect(readdirSync(join(out, "model"))).toEqual([]);
  });

  it("may be empty, or a link to a folder, which stays one, or to what is not there", async () => {
    const out = newPlace();
    mkdirSync(out);
    await write(out, 1);
    for (const target of ["o", "fresh"]) {
      const link = `${out}-link-${target}`;
      symlinkSync(target, link);
      await write(link, 2);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(seedIn(link)).toBe(2);
    }
    expect(seedIn(out)).toBe(2);
  });

  it("is as it was when writing fails, and folders that were made for it are gone", async () => {
    const out = newPlace();
    await write(out, 1);
    for (const path of [out, `${out}-new/p/q`]) {
      const folder = claim(path);
      const failing = folder.write((drafts) => {
        writeSmallResult(drafts, 2);
        throw new Error("no memory");
      });
      await expect(failing).rejects.toThrow("no memory");
      folder.release();
    }
    expect(seedIn(out)).toBe(1);
    expect(readdirSync(join(out, ".."))).toEqual(["o"]);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it("can be written more than once by the run that has it", async () => {
    const out = newPlace();
    const folder = claim(out);
    for (const seed of [1, 2, 3]) await folder.write((drafts) => writeSmallResult(drafts, seed));
    folder.release();
    expect(seedIn(out)).toBe(3);
    expect(readdirSync(join(out, ".."))).toEqual(["o"]);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it("is written though somebody took it away, or made it, while the work was done", async () => {
    const [gone, made] = [newPlace(), newPlace()];
    await write(gone, 1);
    const folders = [claim(gone), claim(made)];
    renameSync(gone, `${gone}-elsewhere`);
    mkdirSync(made);
    for (const folder of folders) {
      await folder.write((drafts) => writeSmallResult(drafts, 2));
      folder.release();
    }
    expect([gone, made].map(seedIn)).toEqual([2, 2]);
    for (const out of [gone, made]) expect(readdirSync(out).sort()).toEqual(result);
  });

  it.each([
    ["files of the user", (out: string) => void put(out, "holiday.jpg", "x"), /which holds other files/],
    ["a metrics.json of theirs", (out: string) => void put(out, "metrics.json", '{"accuracy":1}'), /other files/],
    ["a metrics.json that is no JSON", (out: string) => void put(out, "metrics.json", "{"), /other files/],
    [
      "a workshop of theirs",
      (out: string) => mkdirSync(join(out, "kindred-unfinished/shop"), { recursive: true }),
      /in the way/,
    ],
  ])("is not one that holds %s", (_, fill, sentence) => {
    const out = newPlace();
    mkdirSync(out);
    fill(out);
    const before = readdirSync(out, { recursive: true });
    expect(() => claim(out)).toThrow(sentence);
    expect(readdirSync(out, { recursive: true })).toEqual(before);
  });

  it("is not one in which a name of the result leads elsewhere", async () => {
    const out = newPlace();
    await write(out, 1);
    rmSync(join(out, "report.html"));
    symlinkSync("/etc/hostname", join(out, "report.html"));
    expect(() => claim(out)).toThrow(/in which report.html is no plain file; give another folder/);
  });

  it("is not a file, nor below one, nor empty text, nor this folder, nor what the command reads", async () => {
    const out = newPlace();
    const file = put(join(out, ".."), "f", "mine");
    expect(() => claim(file)).toThrow(/which is a file; give the name of a folder/);
    expect(() => claim(join(file, "o"))).toThrow(/f is no folder/);
    expect(() => claim("")).toThrow('--out is "", which is empty text; give a name');
    for (const path of [".", "/", ".."]) expect(() => claim(path)).toThrow(/which holds other files/);
    expect(() => claim(join(out, "x".repeat(300)))).toThrow(/its name is too long/);
    await write(out, 1);
    expect(() => claim(out, [["--labels", join(out, "metrics.json")]])).toThrow(/which is --labels, too/);
    expect(readdirSync(join(out, "..")).sort()).toEqual(["f", "o"]);
    expect(readdirSync(out).sort()).toEqual(result);
  });

  it.skipIf(process.platform !== "linux")("is not in /proc or /sys", () => {
    for (const path of ["/proc/x/y", "/sys/o"]) expect(() => claim(path)).toThrow(/which lies in/);
  });
});

describe("two runs into one folder", () => {
  it.each([
    ["that is not there", false],
    ["that is there", true],
  ])("%s: the second is refused before its work, and may come afterwards", async (_, isThere) => {
    const out = newPlace();
    if (isThere) await write(out, 1);
    const first = claim(out);
    expect(() => claim(out)).toThrow(
      `--out is ${out}, into which another run (process ${process.pid}) writes; wait until it has ended, or give another folder`,
    );
    await first.write((drafts) => writeSmallResult(drafts, 2));
    expect(() => claim(out)).toThrow(/another run/);
    first.release();
    await write(out, 3);
    expect(seedIn(out)).toBe(3);
    expect(readdirSync(join(out, ".."))).toEqual(["o"]);
  });

  it("are told of each other by whatever path", async () => {
    const out = newPlace();
    await write(out, 1);
    symlinkSync("o", `${out}-link`);
    const first = claim(out);
    expect(() => claim(`${out}-link`)).toThrow(/another run/);
    first.release();
  });

  it("on two machines are apart, and the one that is dead is named with its lock", async () => {
    const out = newPlace();
    await write(out, 1);
    mkdirSync(join(out, "kindred-unfinished"));
    const lock = put(join(out, "kindred-unfinished"), "lock", "7-1-00000000-0123456789ab");
    expect(() => claim(out)).toThrow(`if it is dead, delete ${lock}`);
    rmSync(lock);
    await write(out, 2);
    expect(existsSync(join(out, "kindred-unfinished"))).toBe(false);
  });
});
