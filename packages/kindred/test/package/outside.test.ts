// @module-tag long
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
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

/** What an editor shows of the name behind the bar. */
function textAt(marked: string): string {
  const file = join(project, "editor.ts");
  const text = marked.replace("|", "");
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => text,
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => project,
    getCompilationSettings: () => ({
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: [],
    }),
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    readDirectory: (...args) => ts.sys.readDirectory(...args),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  });
  const shown = service.getQuickInfoAtPosition(file, marked.indexOf("|"));
  return ts.displayPartsToString(shown?.documentation);
}

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

  it("shows the text of an option where it is given, inherited ones too", () => {
    const at = (text: string): string => textAt(`import { ArcFaceLoss, SupConLoss } from "kindred";\n${text}`);
    expect(at("new SupConLoss({ |temperature: 1 });")).toBe("What similarities are divided by, > 0. Default 0.1.");
    expect(at("new SupConLoss({ |whenSilent: 'throw' });")).toContain('"warn" (default) once a reason');
    expect(at("new ArcFaceLoss({ |numClasses: 2, embeddingSize: 2 });")).toBe(
      "How many classes there are, >= 1. Required.",
    );
    expect(at("new SupConLoss().options.|temperature;")).toBe("What similarities are divided by, > 0. Default 0.1.");
  });

  it("runs them in evaluation and training", () => {
    const { stdout, stderr } = spawnSync(process.execPath, ["out/use.js"], { cwd: project, encoding: "utf8" });
    expect(stderr).toBe("");
    const { slopeError, hasLearned } = JSON.parse(stdout) as { slopeError: number; hasLearned: boolean };
    expect(slopeError).toBeCloseTo(0, 3);
    expect(hasLearned).toBe(true);
  });
});
