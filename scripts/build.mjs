// Builds what is out of date: the kernels (AssemblyScript to an inlined wasm module), then the packages (tsc).
// With --fresh everything, so that nothing stays of files that are gone: for what is published.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const assembly = join(root, "packages/kindred/src/kernels/assembly");
const library = join(root, "packages/kindred/src");
const texts = join(root, "packages/cli/src/parts/optionTexts.generated.ts");
const generated = join(root, "packages/kindred/src/kernels/wasm.generated.ts");
/** Memory below this belongs to gemm.ts, which says why. */
const MEMORY_BASE = "655360";
/** How far shared memory may grow: as runtime.ts has it. */
const MOST_PAGES = "32768";

if (process.argv.includes("--fresh")) {
  rmSync(generated, { force: true });
  for (const name of readdirSync(join(root, "packages")))
    for (const built of ["dist", "tsconfig.tsbuildinfo"])
      rmSync(join(root, "packages", name, built), { recursive: true, force: true });
}
if (isOutdated(generated, assembly)) {
  console.log("Compiling the kernels ...");
  buildKernels();
}
run(["node_modules/typescript/bin/tsc", "-b", "packages/kindred"]);
if (isOutdated(texts, library)) await writeOptionTexts();
run(["node_modules/typescript/bin/tsc", "-b", "packages/cli"]);

/** The texts of all options, for the command's help. */
async function writeOptionTexts() {
  const { optionTexts } = await import("./option-texts.mjs");
  const json = JSON.stringify(optionTexts(), null, 2);
  const type = "Readonly<Record<string, Readonly<Record<string, string>>>>";
  writeFileSync(
    texts,
    `/** The text of every option, by class and name. */\nexport const optionTexts: ${type} = ${json};\n`,
  );
}

function isOutdated(output, folder) {
  if (!existsSync(output)) return true;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const newest = Math.max(...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
  return statSync(output).mtimeMs < newest;
}

/** Twice: for memory of one thread, and for memory that threads share, which is another type. */
function buildKernels() {
  const folder = mkdtempSync(join(tmpdir(), "kindred-kernels-"));
  try {
    const own = compile(folder, []);
    const shared = compile(folder, ["--enable", "threads", "--sharedMemory", "--maximumMemory", MOST_PAGES]);
    writeFileSync(
      generated,
      `/** The kernels of assembly/, compiled. */\nexport const wasmBase64: string =\n  "${own}";\n` +
        `/** The same over memory that threads share. */\nexport const sharedWasmBase64: string =\n  "${shared}";\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The compiled kernels in base64. */
function compile(folder, options) {
  const wasm = join(folder, "kernels.wasm");
  const usual = ["-O3", "--noAssert", "--enable", "simd", "--runtime", "stub", "--importMemory"];
  run([
    "node_modules/assemblyscript/bin/asc.js",
    join(assembly, "index.ts"),
    "--outFile",
    wasm,
    ...usual,
    "--memoryBase",
    MEMORY_BASE,
    ...options,
  ]);
  return readFileSync(wasm).toString("base64");
}

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) process.exit(status ?? 1);
}
