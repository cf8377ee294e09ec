import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  allUpwardImports,
  circle,
  fileGraph,
  folderGraph,
  folderOf,
  foldersOf,
  importsOf,
  missingImports,
  readHouse,
  upwardImports,
} from "./support/floors.ts";

/** The kernels' own language: compiled to WebAssembly, imported by nothing. */
const ASSEMBLY = "kernels/assembly/";

const house = readHouse(new URL("../src/", import.meta.url), "The floors");
const textOf = (file: string): string => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");

/** Whether a source works on addresses in the kernels' memory. */
function isPointing(text: string): boolean {
  return /\bheap\(\)|\bkernels\.|\bfloatsAt\(|\.pointer\b|\bworkspace\.floats\(/.test(text);
}

describe("the floors of the house", () => {
  it("are the folders of the sources, each named once in the table of docs/architecture.md", () => {
    expect(house.floors.flat().sort()).toEqual(foldersOf(house));
    expect(house.top).toEqual(["index.ts"]);
  });

  it("import files that are there", () => {
    expect(missingImports(house)).toEqual([]);
    expect(house.imports.get("losses/pairs/supConLoss.ts")).toContain("losses/pairs/pairLoss.ts");
  });

  it("import no floor above their own, and never the table of contents", () => {
    expect(allUpwardImports(house)).toEqual([]);
  });

  it("import nothing in a circle, not even types", () => {
    expect(circle(fileGraph(house))).toBeNull();
  });

  it("hold no two folders that import each other, at any depth", () => {
    expect(circle(folderGraph(house))).toBeNull();
  });

  it("know of pointers into the kernels' memory at distances/ and below only", () => {
    const lower = ["matrix", "options", "kernels", "distances"];
    const upper = [...house.imports.keys()].filter((file) => !lower.includes(folderOf(file)));
    expect(upper.filter((file) => isPointing(textOf(file)))).toEqual([]);
    expect(upper.length).toBeGreaterThan(100);
  });

  it("look at the class of reducers and reductions in their own folder only", () => {
    const others = [...house.imports.keys()].filter((file) => folderOf(file) !== "reducers");
    const isLooking = (file: string): boolean => /instanceof \w*(Reducers?|Reduction|Recorder)\b/.test(textOf(file));
    expect(others.filter(isLooking)).toEqual([]);
  });

  it("leave the kernels' assembly to itself", () => {
    const crossing = [...fileGraph(house)].flatMap(([file, targets]) =>
      targets.filter((target) => file.startsWith(ASSEMBLY) !== target.startsWith(ASSEMBLY)),
    );
    expect(crossing).toEqual([]);
  });

  it("depend on no package but the engines, which only engines/ may import", () => {
    const packages = [...house.imports].flatMap(([file, targets]) =>
      targets
        .filter((name) => !name.endsWith(".ts") && folderOf(file) !== "engines")
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
      expect([form, upwardImports(house, file, importsOf(file, form)).length]).toEqual([form, 1]);
    }
    const downward = ["batch/batch.ts", "tuples/tuples.ts", "miners/hdcMiner.ts"];
    expect(upwardImports(house, "miners/miner.ts", downward)).toEqual([]);
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
