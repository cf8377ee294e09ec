import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));

/** How a process ended. */
interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly errors: string;
}

/** A program that writes a result folder as `kindred train` does, without a training, so that it can be ended many times. */
interface SmallRun {
  /** @param seed stands in every file of the result @param more environment: KILL_AT, WORK_MS */
  readonly run: (out: string, seed: number, more?: Readonly<Record<string, string>>) => Ended;
  /** The same, not waited for. */
  readonly start: (out: string, seed: number, more?: Readonly<Record<string, string>>) => Promise<Ended>;
  /** The same under strace. */
  readonly traced: (rules: readonly string[], out: string, seed: number) => Ended;
}

/** Ends the process by SIGKILL before the KILL_AT-th call that changes a file. */
const killer = `
const fs = require("node:fs");
const at = Number(process.env.KILL_AT ?? 0);
let calls = 0;
for (const name of ["writeFileSync", "mkdirSync", "rmdirSync", "unlinkSync", "renameSync", "linkSync", "symlinkSync", "fsyncSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (++calls === at) process.kill(process.pid, "SIGKILL");
    return real(...args);
  };
}
require("node:module").syncBuiltinESMExports();
`;

const program = `
import { mkdirSync, writeFileSync } from "node:fs";
import { ResultFolder } from "./files/outputs/resultFolder.js";
const [out, seed] = process.argv.slice(2);
try {
  const folder = new ResultFolder(out, "--out", []);
  console.log("claimed");
  await new Promise((done) => setTimeout(done, Number(process.env.WORK_MS ?? 0)));
  try {
    await folder.write((drafts) => {
      mkdirSync(drafts + "/model");
      writeFileSync(drafts + "/model/head.json", JSON.stringify({ seed: Number(seed) }));
      writeFileSync(drafts + "/model/weights.safetensors", seed.padStart(Number(process.env.BYTES ?? 5000)));
      writeFileSync(drafts + "/metrics.json", JSON.stringify({ format: "kindred-result", seed: Number(seed) }));
      writeFileSync(drafts + "/report.html", "<html>" + seed + "</html>");
    });
  } finally {
    folder.release();
  }
} catch (error) {
  console.error(error.name + ": " + error.message);
  process.exitCode = error.name === "InputError" ? 2 : 1;
}
`;

/** @param home where the program is put */
export function smallRun(home: string): SmallRun {
  transpile("files/outputs/resultFolder.ts", home, new Set());
  symlinkSync(fileURLToPath(new URL("../../../../node_modules", import.meta.url)), join(home, "node_modules"));
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  writeFileSync(join(home, "killer.cjs"), killer);
  writeFileSync(join(home, "program.js"), program);
  const args = (out: string, seed: number): string[] => [
    ...["--require", join(home, "killer.cjs"), join(home, "program.js"), out, String(seed)],
  ];
  const spawned = (command: string, argv: readonly string[], more = {}): Ended => {
    const { status, signal, stderr } = spawnSync(command, argv, { encoding: "utf8", env: { ...process.env, ...more } });
    return { status, signal, errors: stderr };
  };
  return {
    run: (out, seed, more) => spawned(process.execPath, args(out, seed), more),
    start: (out, seed, more) =>
      new Promise((done) => {
        const child = spawn(process.execPath, args(out, seed), { env: { ...process.env, ...more } });
        let errors = "";
        child.stderr.on("data", (part) => (errors += String(part)));
        child.on("close", (status, signal) => done({ status, signal, errors }));
      }),
    traced: (rules, out, seed) =>
      spawned("strace", ["-f", "-o", "/dev/null", ...rules, process.execPath, ...args(out, seed)]),
  };
}

/** Puts a source and all that it imports, as JavaScript, into a folder. */
function transpile(file: string, home: string, done: Set<string>): void {
  if (done.has(file)) return;
  done.add(file);
  const text = readFileSync(join(sources, file), "utf8");
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  const target = join(home, file.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
  for (const { fileName } of ts.preProcessFile(text).importedFiles)
    if (fileName.startsWith(".")) transpile(join(dirname(file), fileName), home, done);
}

/** Writes the files of a result, each with the seed in it. */
export function writeSmallResult(drafts: string, seed: number): void {
  mkdirSync(join(drafts, "model"));
  writeFileSync(join(drafts, "model/head.json"), JSON.stringify({ seed }));
  writeFileSync(join(drafts, "model/weights.safetensors"), String(seed).padStart(5000));
  writeFileSync(join(drafts, "metrics.json"), JSON.stringify({ format: "kindred-result", seed }));
  writeFileSync(join(drafts, "report.html"), `<html>${seed}</html>`);
}

/** The seed of the result that a folder reads as, to a program that knows nothing of kindred; null for none. @throws when it is a mixture */
export function seedIn(folder: string): number | null {
  const read = (name: string): string | null => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return null;
    }
  };
  const texts = ["metrics.json", "model/head.json", "model/weights.safetensors", "report.html"].map(read);
  if (texts.every((text) => text === null)) return null;
  const seeds = new Set(texts.map((text) => /\d+/.exec(text ?? "")?.[0]));
  if (seeds.size !== 1 || !texts[3]!.endsWith("</html>"))
    throw new Error(`a mixture: ${texts.join(" | ").slice(0, 300)}`);
  return Number([...seeds][0]);
}
