// @module-tag long
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { drawLoss } from "../../../scripts/loss-pictures.mjs";
import * as kindred from "../src/index.ts";
import { lossClasses } from "./support/describedLosses.ts";
import { filesOf } from "./support/exportedFiles.ts";

const folder = fileURLToPath(new URL("../../../docs/losses/pictures/", import.meta.url));
const number = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g;
const files = filesOf("losses");

describe("docs/losses/pictures (npm run docs:pictures draws them)", () => {
  it("are one of each loss", () => {
    const expected = lossClasses.map(({ name }) => `${files.get(name)!.file}.svg`);
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
  });

  it.each(lossClasses.map((Class) => ({ name: Class.name, Class })))("show what $name is now", ({ name, Class }) => {
    const [drawn, shown] = [drawLoss(kindred, Class), readFileSync(`${folder}${files.get(name)!.file}.svg`, "utf8")];
    expect(drawn.replace(number, "#")).toBe(shown.trimEnd().replace(number, "#"));
    const [numbers, expected] = [drawn, shown].map((svg) => svg.match(number)!.map(Number));
    const worst = numbers.reduce((most, x, k) => Math.max(most, Math.abs(x - expected[k])), 0);
    // pixels: another processor or engine may have other last bits
    expect(worst).toBeLessThan(0.05);
  });
});
