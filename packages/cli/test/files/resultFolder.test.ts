import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkResultFolder, writeResultFolder } from "../../src/files/resultFolder.ts";
import { put, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();

describe("a result folder", () => {
  it("takes the place of an earlier one", async () => {
    const place = join(folder, "results");
    for (const text of ["first", "second"])
      await writeResultFolder(place, (draft) => writeFileSync(join(draft, "metrics.json"), text));
    expect(readFileSync(join(place, "metrics.json"), "utf8")).toBe("second");
    expect(() => checkResultFolder(place)).not.toThrow();
  });

  it("is left as it was, with nothing beside it, when writing fails", async () => {
    const place = join(folder, "kept");
    await writeResultFolder(place, (draft) => writeFileSync(join(draft, "metrics.json"), "old"));
    const before = readdirSync(folder).sort();
    const failing = writeResultFolder(place, (draft) => {
      writeFileSync(join(draft, "metrics.json"), "half");
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(readFileSync(join(place, "metrics.json"), "utf8")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it("must not hold somebody else's files", () => {
    const place = join(folder, "photos");
    mkdirSync(place);
    expect(() => checkResultFolder(place)).not.toThrow();
    put(place, "holiday.jpg", "x");
    expect(() => checkResultFolder(place)).toThrow(/holds other files/);
    expect(existsSync(join(place, "holiday.jpg"))).toBe(true);
  });
});
