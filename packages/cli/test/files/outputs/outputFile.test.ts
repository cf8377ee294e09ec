import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimFile } from "../../../src/files/outputs/outputFile.ts";
import { newMark } from "../../../src/files/outputs/runMark.ts";
import { withFault } from "../../support/faultyDisk.ts";
import { put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const claim = (name: string): ReturnType<typeof claimFile> => claimFile(join(folder, name), "--out", []);

describe("an output file", () => {
  it("is claimed without a trace, folders neither, and written with the folders that it needs", () => {
    const before = readdirSync(folder);
    const file = claim("new/deeper/file.txt")!;
    expect(readdirSync(folder)).toEqual(before);
    file.write("text");
    expect(readFileSync(join(folder, "new/deeper/file.txt"), "utf8")).toBe("text");
    expect(readdirSync(join(folder, "new/deeper"))).toEqual(["file.txt"]);
  });

  it("is none when no path is given", () => {
    expect(claimFile(null, "--out", [])).toBeNull();
  });

  it("takes the rights of the file that it replaces, else those that the umask leaves", () => {
    chmodSync(put(folder, "secret.txt", "old"), 0o640);
    for (const name of ["secret.txt", "usual.txt"]) claim(name)!.write("new");
    expect(statSync(join(folder, "secret.txt")).mode & 0o777).toBe(0o640);
    expect(statSync(join(folder, "usual.txt")).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it("replaces what a link leads to, and the link stays", () => {
    put(folder, "behind.txt", "old");
    symlinkSync("behind.txt", join(folder, "link.txt"));
    symlinkSync("made.txt", join(folder, "to-nothing.txt"));
    for (const name of ["link.txt", "to-nothing.txt"]) {
      claim(name)!.write(name);
      expect(lstatSync(join(folder, name)).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(folder, name), "utf8")).toBe(name);
    }
    expect(readFileSync(join(folder, "behind.txt"), "utf8")).toBe("link.txt");
  });

  it("clears away drafts of dead runs, and leaves those of living ones and all other files", () => {
    const place = join(folder, "drafts");
    mkdirSync(place);
    const dead = newMark().replace(/^\d+/, "99999999");
    const elsewhere = newMark().replace(/-[0-9a-f]{8}-/, "-00000000-");
    const old = newMark().replace(/-[0-9a-f]{8}-/, "-00000000-");
    const kept = [`.kindred-${newMark()}`, `.kindred-${elsewhere}`, ".kindred-notes", "kindred", `${dead}`];
    for (const name of [...kept, `.kindred-${dead}`, `.kindred-${old}`]) put(place, name, "");
    utimesSync(join(place, `.kindred-${old}`), 0, 0);
    claim("drafts/r.html")!.write("text");
    expect(readdirSync(place).sort()).toEqual([...kept, "r.html"].sort());
  });

  it("is as it was, and nothing is left, when any call of the system fails", async () => {
    const place = join(folder, "failing");
    mkdirSync(place);
    put(place, "r.html", "old");
    for (let at = 1; ; at++) {
      const { calls, error } = await withFault({ failsAt: at }, () => {
        claimFile(join(place, "r.html"), "--out", [])!.write("old");
        claimFile(join(place, "p/q/r.html"), "--out", [])!.write("new");
        return Promise.resolve();
      });
      expect(readFileSync(join(place, "r.html"), "utf8")).toBe("old");
      if (error === null && calls < at) break;
      if (error !== null) expect(String(error)).toMatch(/^InputError: --out is .* \(EIO\); give another place$/);
      expect(readdirSync(place).filter((name) => name.startsWith("."))).toEqual([]);
    }
  });

  const pipe = join(folder, "pipe");
  const isPiped = spawnSync("mkfifo", [pipe]).status === 0;
  it.skipIf(!isPiped)("is not a pipe, nor a device", () => {
    expect(() => claimFile(pipe, "--out", [])).toThrow(/--out is .*, which is a pipe; give the name of a file/);
    expect(() => claimFile("/dev/null", "--out", [])).toThrow(/which is a device/);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.each([
    ["a folder", ".", /which is a folder; give the name of a file/],
    ["below a file", "plain/r.html", /plain is no folder; give a place in a folder/],
    ["of too long a name", "x".repeat(300), /but its name is too long/],
    ["of too long a name in a new folder", `fresh/${"x".repeat(300)}`, /but its name is too long/],
  ])("is not %s", (_, name, sentence) => {
    put(folder, "plain", "mine");
    expect(() => claimFile(join(folder, name), "--report", [])).toThrow(sentence);
    expect(existsSync(join(folder, "fresh"))).toBe(false);
  });

  it("names the flag and the path", () => {
    expect(() => claimFile("", "--report", [])).toThrow('--report is "", which is empty text; give a name');
  });
});

describe("what a command writes", () => {
  const table = put(folder, "x.csv", "a,label\n1,x\n2,x\n3,y\n4,y\n");
  const labels = put(folder, "l.csv", "label\nx\nx\ny\ny\n");

  it.each([
    ["evaluate", [table], ["--out"], "the embeddings"],
    ["doctor", [table], ["--out"], "the labels"],
    ["match", [table, table], ["--out", "--report"], "the gallery"],
  ])("is not what it reads: %s", async (command, paths, flags, input) => {
    const before = readFileSync(table, "utf8");
    for (const flag of flags) {
      const { status, errors } = await runCommand(command, ...paths, flag, table);
      expect({ status, errors }).toEqual({
        status: 2,
        errors: `kindred: ${flag} is ${table}, which is ${input}, too; give another place`,
      });
    }
    expect(readFileSync(table, "utf8")).toBe(before);
  });

  it("is not a file of labels, nor of a head, nor one file twice", async () => {
    const head = join(folder, "head");
    mkdirSync(head);
    const weights = put(head, "weights.safetensors", "");
    const said = async (...args: string[]): Promise<string> => (await runCommand(...args)).errors;
    expect(await said("evaluate", table, "--labels", labels, "--out", labels)).toMatch(/which is --labels, too/);
    expect(await said("evaluate", table, "--head", head, "--out", weights)).toMatch(/which is --head, too/);
    const twice = join(folder, "twice");
    expect(await said("match", table, table, "--out", twice, "--report", twice)).toMatch(/which is --out, too/);
  });

  it.each([
    ["evaluate", ["missing.csv"], ["--out"]],
    ["doctor", ["missing.csv"], ["--out"]],
    ["match", ["missing.csv", "missing.csv"], ["--out", "--report"]],
    ["train", ["missing.csv"], ["--out"]],
  ])("is looked at before files are read: %s", async (command, paths, flags) => {
    for (const flag of flags) {
      const { status, errors } = await runCommand(command, ...paths, flag, join(table, "r"));
      expect(errors).toMatch(new RegExp(`${flag} is .*x.csv is no folder`));
      expect(status).toBe(2);
    }
  });
});
