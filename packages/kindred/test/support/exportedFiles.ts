import { readFileSync } from "node:fs";

/** Where a class comes from. */
interface ExportedFile {
  /** Below the floor: "pairs" of losses/pairs, "" where it has no folders. */
  readonly folder: string;
  /** Without its ending. */
  readonly file: string;
}

/** The files of a floor that index.ts exports values from, by the names of what looks like a class: "SupConLoss". */
export function filesOf(floor: string): ReadonlyMap<string, ExportedFile> {
  const index = readFileSync(new URL("../../src/index.ts", import.meta.url), "utf8");
  const files = new Map<string, ExportedFile>();
  const line = new RegExp(`export \\{([^}]*)\\} from "\\./${floor}/(?:(\\w+)/)?(\\w+)\\.ts";`, "g");
  for (const [, names, folder = "", file] of index.matchAll(line))
    for (const name of names.split(",").map((part) => part.trim()))
      if (/^[A-Z]\w+$/.test(name)) files.set(name, { folder, file });
  return files;
}
