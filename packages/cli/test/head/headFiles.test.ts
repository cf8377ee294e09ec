import { join } from "node:path";
import { expect, it } from "vitest";
import { headFiles } from "../../src/head/headFiles.ts";

it("the files of a head are those of its result and of its model's folder, and none without a head", () => {
  expect(headFiles("o")).toEqual(
    expect.arrayContaining([
      join("o", "model", "weights.safetensors"),
      join("o", "report.html"),
      join("o", "head.json"),
    ]),
  );
  expect(headFiles(null)).toEqual([]);
});
