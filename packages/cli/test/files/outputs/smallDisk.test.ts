import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { claimFile } from "../../../src/files/outputs/outputFile.ts";
import { ResultFolder } from "../../../src/files/outputs/resultFolder.ts";
import { scratchFolder } from "../../support/scratch.ts";
import { seedIn, writeSmallResult } from "../../support/smallRun.ts";

const mount = join(scratchFolder(), "small");
mkdirSync(mount);
/** Only root may, and not in every container. */
const isMounted =
  process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount]).status === 0;
afterAll(() => void (isMounted && spawnSync("umount", [mount])));

async function write(out: string, seed: number, more = ""): Promise<void> {
  const folder = new ResultFolder(out, "--out", []);
  try {
    await folder.write((drafts) => {
      writeSmallResult(drafts, seed);
      writeFileSync(join(drafts, "model/weights.safetensors"), `${seed}${more}`);
    });
  } finally {
    folder.release();
  }
}

describe.skipIf(!isMounted)("a full disk", () => {
  it("leaves the old result as it was, with a sentence and no drafts", async () => {
    const out = join(mount, "o");
    for (const path of [out, join(mount, "p/new")]) {
      if (path === out) await write(out, 1);
      await expect(write(path, 2, " ".repeat(2e6))).rejects.toThrow(
        `--out is ${path}, but no space is left on its device (ENOSPC); free some, or give another folder`,
      );
    }
    expect(seedIn(out)).toBe(1);
    expect(readdirSync(mount)).toEqual(["o"]);
    expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "report.html"]);
  });

  it("leaves an old file as it was", () => {
    const file = claimFile(join(mount, "r.html"), "--out", [])!;
    file.write("old");
    expect(() => file.write("x".repeat(2e6))).toThrow(/no space is left on its device/);
    expect(readFileSync(join(mount, "r.html"), "utf8")).toBe("old");
    expect(readdirSync(mount).sort()).toEqual(["o", "r.html"]);
  });
});

describe.skipIf(!isMounted)("a mount point", () => {
  it("can be a result folder, as often as one likes", async () => {
    const point = join(scratchFolder(), "volume");
    mkdirSync(point);
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", point]);
    try {
      for (const seed of [1, 2]) {
        await write(point, seed);
        expect(seedIn(point)).toBe(seed);
      }
      expect(readdirSync(join(point, ".."))).toEqual(["volume"]);
      expect(readdirSync(point).sort()).toEqual(["metrics.json", "model", "report.html"]);
    } finally {
      spawnSync("umount", [point]);
    }
  });

  it("is no place for a file when it is one by itself", () => {
    const [file, source] = [join(mount, "bound"), join(mount, "source")];
    for (const each of [file, source]) writeFileSync(each, "mine");
    if (spawnSync("mount", ["--bind", source, file]).status !== 0) return;
    try {
      expect(() => claimFile(file, "--out", [])).toThrow(/which is mounted by itself/);
    } finally {
      spawnSync("umount", [file]);
    }
    expect(existsSync(source)).toBe(true);
  });
});
