import { linkSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locate } from "../../../src/files/places/place.ts";
import { checkApart } from "../../../src/files/places/samePlace.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "x.csv", "");
mkdirSync(join(folder, "d"));
symlinkSync("x.csv", join(folder, "soft"));
linkSync(data, join(folder, "hard"));
symlinkSync("later", join(folder, "dangling"));

describe("what a command reads", () => {
  it.each([
    ["its own path", "x.csv"],
    ["another spelling of it", "d/../x.csv"],
    ["a link to it", "soft"],
    ["its second name", "hard"],
  ])("is not written to by %s", (_, name) => {
    expect(() => checkApart(locate(`${folder}/${name}`), [["the data", data]])).toThrow("which is the data, too");
  });

  it("is another place than its neighbours, and than what was not given", () => {
    const place = locate(put(folder, "other", ""));
    checkApart(place, [
      ["the data", data],
      ["--labels", null],
      ["--reference", join(folder, "not there")],
      ["--head", ""],
    ]);
  });

  it("may be a file that is not there yet: two results do not go to one", () => {
    const later = locate(join(folder, "later"));
    for (const name of ["later", "dangling", "d/../later"])
      expect(() => checkApart(later, [["--out", `${folder}/${name}`]])).toThrow("which is --out, too");
  });
});
