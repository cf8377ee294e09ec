import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const sources = fileURLToPath(new URL("../src/", import.meta.url));
const page = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8");

/** The kernels' own language: compiled to WebAssembly, imported by nothing. */
const ASSEMBLY = "kernels/assembly/";
const TABLE_OF_CONTENTS = "index.ts";

const files = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"));

const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(join(sources, file), "utf8"))]));

/** The files that a file imports or exports from, types included. */
function importsOf(file: string, text: string): string[] {
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((path) => path.startsWith("."))
    .map((path) => join(dirname(file), file.startsWith(ASSEMBLY) ? `${path}.ts` : path));
}

/** The folders of each row of the page's table of floors, the lowest first. */
function floorsOfPage(): string[][] {
  const table = page.slice(page.indexOf("| floor |"), page.indexOf("Beside the library"));
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) => [...row.split("|")[1].matchAll(/`(\w+)\/`/g)].map(([, name]) => name));
}

const floorOf = new Map(floorsOfPage().flatMap((names, level) => names.map((name) => [name, level] as const)));
const folderOf = (file: string): string => file.split("/")[0];

/** The imports of a file that lead to a floor above its own. */
function upwardImports(file: string, targets: readonly string[]): string[] {
  return targets
    .filter((target) => target === TABLE_OF_CONTENTS || floorOf.get(folderOf(target))! > floorOf.get(folderOf(file))!)
    .map((target) => `${file} imports ${target}`);
}

/** Which folders the files of each folder import from. */
function folderGraph(): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, string[]>();
  for (const [file, targets] of imports) {
    if (file === TABLE_OF_CONTENTS) continue;
    const folder = dirname(file);
    const others = targets.map(dirname).filter((other) => other !== folder);
    graph.set(folder, [...(graph.get(folder) ?? []), ...others]);
  }
  return graph;
}

/** Whether a source works on addresses in the kernels' memory. */
function isPointing(text: string): boolean {
  return /\bheap\(\)|\bkernels\.|\bfloatsAt\(|\.pointer\b|\bworkspace\.floats\(/.test(text);
}

/** A path of imports that ends where it began, or null. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return null;
    for (const target of graph.get(file) ?? []) {
      const found = walk(target, [...path, file]);
      if (found !== null) return found;
    }
    finished.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe("the floors of the house", () => {
  it("are the folders of the sources, each named once in the table of docs/architecture.md", () => {
    const folders = new Set(files.filter((file) => file !== TABLE_OF_CONTENTS).map(folderOf));
    expect(floorsOfPage().flat().sort()).toEqual([...folders].sort());
  });

  it("import files that are there", () => {
    const missing = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => !imports.has(target)).map((target) => `${file} imports ${target}`),
    );
    expect(missing).toEqual([]);
    expect(imports.get("losses/pairs/supConLoss.ts")).toContain("losses/pairs/pairLoss.ts");
  });

  it("import no floor above their own, and never the table of contents", () => {
    const upward = [...imports]
      .filter(([file]) => file !== TABLE_OF_CONTENTS)
      .flatMap(([file, targets]) => upwardImports(file, targets));
    expect(upward).toEqual([]);
  });

  it("import nothing in a circle, not even types", () => {
    expect(circle(imports)).toBeNull();
  });

  it("hold no two folders that import each other, at any depth", () => {
    expect(circle(folderGraph())).toBeNull();
  });

  it("know of pointers into the kernels' memory at distances/ and below only", () => {
    const upper = files.filter((file) =>
      ["batch", "losses", "miners", "regularizers", "samplers"].includes(folderOf(file)),
    );
    const pointing = upper.filter((file) => isPointing(readFileSync(join(sources, file), "utf8")));
    expect(pointing).toEqual([]);
    expect(upper.length).toBeGreaterThan(100);
  });

  it("look at the class of reducers and reductions in their own folder only", () => {
    const looking = files
      .filter((file) => folderOf(file) !== "reducers")
      .filter((file) =>
        /instanceof \w*(Reducers?|Reduction|Recorder)\b/.test(readFileSync(join(sources, file), "utf8")),
      );
    expect(looking).toEqual([]);
  });

  it("leave the kernels' assembly to itself", () => {
    const crossing = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => file.startsWith(ASSEMBLY) !== target.startsWith(ASSEMBLY)),
    );
    expect(crossing).toEqual([]);
  });

  it("depend on no package but the engines, which only engines/ may import", () => {
    const packages = [...files].flatMap((file) =>
      ts
        .preProcessFile(readFileSync(join(sources, file), "utf8"))
        .importedFiles.map(({ fileName }) => fileName)
        .filter((name) => !name.startsWith(".") && folderOf(file) !== "engines")
        .map((name) => `${file} imports ${name}`),
    );
    expect(packages).toEqual([]);
  });
});

describe("the watch over the floors", () => {
  it("notices an upward import in every form", () => {
    const forms = [
      'import { SupConLoss } from "../losses/pairs/supConLoss.ts";',
      'import type { SupConLoss } from "../losses/pairs/supConLoss.ts";',
      'export { SupConLoss } from "../losses/pairs/supConLoss.ts";',
      'export * from "../losses/pairs/supConLoss.ts";',
      'import "../losses/pairs/supConLoss.ts";',
      'const loss = await import("../losses/pairs/supConLoss.ts");',
      'let loss: import("../losses/pairs/supConLoss.ts").SupConLoss;',
      'import { SupConLoss } from "../index.ts";',
    ];
    for (const form of forms) {
      const file = "distances/tiles.ts";
      expect([form, upwardImports(file, importsOf(file, form)).length]).toEqual([form, 1]);
    }
    expect(upwardImports("miners/miner.ts", ["batch/batch.ts", "tuples/tuples.ts", "miners/hdcMiner.ts"])).toEqual([]);
  });

  it("notices an address, and not a half", () => {
    expect(["const floats = heap();", "kernels.dot(x, y, 3)", "row.pointer + 4"].map(isPointing)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["(from + to) >>> 1", "row.view()[j]", "Run.of(workspace, 3)"].map(isPointing)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("notices a circle", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["d"]],
      ["c", ["a"]],
      ["d", []],
    ]);
    expect(circle(graph)).toBeNull();
    graph.set("d", ["c"]);
    expect(circle(graph)).toEqual(["a", "b", "d", "c", "a"]);
  });
});
