import { describe, expect, it } from "vitest";
import {
  allUpwardImports,
  circle,
  fileGraph,
  folderGraph,
  foldersOf,
  missingImports,
  readHouse,
} from "../../kindred/test/support/floors.ts";

const house = readHouse(new URL("../src/", import.meta.url), "The floors of the command");

describe("the floors of the command", () => {
  it("are the folders of the sources, each named once in the table of docs/architecture.md", () => {
    expect(house.floors.flat().sort()).toEqual(foldersOf(house));
    expect([...house.top].sort()).toEqual(["bin.ts", "index.ts", "run.ts"]);
  });

  it("import files that are there", () => {
    expect(missingImports(house)).toEqual([]);
    expect(house.imports.get("commands/train/train.ts")).toContain("door/interrupt.ts");
  });

  it("import no floor above their own", () => {
    expect(allUpwardImports(house)).toEqual([]);
  });

  it("import nothing in a circle, neither files nor folders at any depth", () => {
    expect(circle(fileGraph(house))).toBeNull();
    expect(circle(folderGraph(house))).toBeNull();
  });

  it("hold commands that know nothing of each other", () => {
    const commandOf = (file: string): string | undefined => /^commands\/(\w+)\//.exec(file)?.[1];
    const crossing = [...fileGraph(house)].flatMap(([file, targets]) =>
      targets
        .filter((target) => commandOf(file) !== undefined && ![undefined, commandOf(file)].includes(commandOf(target)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(crossing).toEqual([]);
  });
});
