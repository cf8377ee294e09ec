import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkChangeable } from "../../../src/files/places/changeable.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();

describe("a file that may be replaced", () => {
  it("is one that may be written to, and stays as it is", () => {
    checkChangeable(put(folder, "file", "mine"));
    expect(() => checkChangeable(join(folder, "not there"))).toThrow("ENOENT");
  });

  it.skipIf((process.getuid?.() ?? 0) === 0)("is not one whose rights forbid it", () => {
    const file = put(folder, "locked", "mine");
    chmodSync(file, 0o444);
    expect(() => checkChangeable(file)).toThrow("which may not be written to");
  });
});
