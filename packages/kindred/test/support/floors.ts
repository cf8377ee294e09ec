import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The sources of a package, and the floors that docs/architecture.md gives them. */
interface House {
  /** What each file imports or exports from, files of the house as their paths in it, packages by name. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
  /** The folders of each row of the table of floors, the lowest first. */
  readonly floors: readonly (readonly string[])[];
  /** The files above all floors, in no folder. */
  readonly top: readonly string[];
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** @param heading of the section of docs/architecture.md with the table of floors */
export function readHouse(sources: URL, heading: string): House {
  const folder = fileURLToPath(sources);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"));
  return {
    imports: new Map(files.map((file) => [file, importsOf(file, readFileSync(join(folder, file), "utf8"))])),
    floors: floorsOfPage(heading),
    top: files.filter((file) => !file.includes("/")),
  };
}

/** What a file with this text imports or exports from, types included; packages by name. */
export function importsOf(file: string, text: string): string[] {
  return ts.preProcessFile(text).importedFiles.map(({ fileName: path }) => {
    if (!path.startsWith(".")) return path;
    return join(dirname(file), path.endsWith(".ts") ? path : `${path}.ts`);
  });
}

function floorsOfPage(heading: string): string[][] {
  const page = readFileSync(new URL("../../../../docs/architecture.md", import.meta.url), "utf8");
  const [, section = ""] = page.split(`## ${heading}\n`);
  const rows = section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  return rows.map((row) => [...row.split("|")[1].matchAll(/`(\w+)\/`/g)].map(([, name]) => name));
}

/** The floor's folder that a file lies in. */
export const folderOf = (file: string): string => file.split("/")[0];

/** Whether an import leads to a file, and not to a package. */
const isFile = (target: string): boolean => target.endsWith(".ts");

/** The imports of each file that lead to files. */
export function fileGraph({ imports }: House): Graph {
  return new Map([...imports].map(([file, targets]) => [file, targets.filter(isFile)]));
}

/** Which folders the files of each folder import from, at any depth; the files above all floors are left out. */
export function folderGraph(house: House): Graph {
  const graph = new Map<string, string[]>();
  for (const [file, targets] of fileGraph(house)) {
    if (house.top.includes(file)) continue;
    const folder = dirname(file);
    const others = targets.map(dirname).filter((other) => other !== folder);
    graph.set(folder, [...(graph.get(folder) ?? []), ...others]);
  }
  return graph;
}

/** The imports of a file that lead to a floor above its own, or to a file above all floors. */
export function upwardImports({ floors, top }: House, file: string, targets: readonly string[]): string[] {
  const levelOf = (path: string): number => floors.findIndex((names) => names.includes(folderOf(path)));
  return targets
    .filter((target) => isFile(target) && (top.includes(target) || levelOf(target) > levelOf(file)))
    .map((target) => `${file} imports ${target}`);
}

/** All upward imports of a house. */
export function allUpwardImports(house: House): string[] {
  return [...house.imports]
    .filter(([file]) => !house.top.includes(file))
    .flatMap(([file, targets]) => upwardImports(house, file, targets));
}

/** The imports of files that are not there. */
export function missingImports(house: House): string[] {
  return [...fileGraph(house)].flatMap(([file, targets]) =>
    targets.filter((target) => !house.imports.has(target)).map((target) => `${file} imports ${target}`),
  );
}

/** The folders of the sources, sorted. */
export function foldersOf({ imports, top }: House): string[] {
  return [...new Set([...imports.keys()].filter((file) => !top.includes(file)).map(folderOf))].sort();
}

/** A path of imports that ends where it began, or null. */
export function circle(graph: Graph): string[] | null {
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
