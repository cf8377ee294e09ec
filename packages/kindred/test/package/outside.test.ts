import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const fixtures = fileURLToPath(new URL("outside/", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "kindred-outside-"));

const compilerOptions = {
  strict: true,
  target: "ES2022",
  lib: ["ES2023", "DOM"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  noEmitOnError: true,
  noImplicitOverride: true,
  skipLibCheck: false,
  types: [],
  outDir: "out",
  rootDir: ".",
};

/** A project that has the packed package and nothing else of this repository. */
beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], {
    cwd: join(root, "packages/kindred"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const home = join(project, "node_modules/kindred");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["xzf", join(project, filename), "-C", home, "--strip-components=1"]);
  cpSync(fixtures, project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("a project outside, with the packed package alone", () => {
  it("compiles parts of its own: losses, a miner and a sampler, and the types say the truth", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: project, encoding: "utf8" });
    expect(stdout).toBe("");
    expect(readdirSync(join(project, "out"))).toContain("use.js");
  });

  it("runs them in evaluation and training", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["out/use.js"], { cwd: project, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ slopeError: expect.closeTo(0, 3), hasLearned: true });
  });
});
