import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SensitivityRow } from "kindred";
import { describe, expect, it } from "vitest";
import { put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();

describe("kindred sensitivity", () => {
  it("shows by default how SupConLoss falls silent from 10 to 1,000,000 classes", async () => {
    const { status, out, errors } = await runCommand("sensitivity");
    expect([status, errors]).toEqual([0, ""]);
    const rows = out.split("\n").slice(0, 7);
    expect(rows[0].trim().split(/ {2,}/)).toEqual([
      ...["classes", "distinct", "positive pairs", "loss", "gradient norm", "silent", "theory"],
    ]);
    expect(rows.slice(1).map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      ...["10", "100", "1,000", "10,000", "100,000", "1,000,000"],
    ]);
    // the birthday problem for 100 samples
    expect(rows.slice(4).map((row) => row.trim().split(/ {2,}/)[6])).toEqual(["61 %", "95 %", "99.5 %"]);
    expect(out.split("\n").at(-1)).toMatch(
      /^With 100 samples a batch and labels of 10,000 values or more, most batches teach SupConLoss nothing: \d+ % of them at 10,000 \(theory: 61 %\)\.$/,
    );
  });

  it("draws bars as long as what they stand for", async () => {
    const { out } = await runCommand("sensitivity", "--n", "20", "--dim", "8", "--ranges", "5,100000", "--trials", "4");
    const bars = out.split("\n").filter((line) => /loss {3}|silent /.test(line) && !line.includes("theory"));
    const cells = bars.map((line) => [...line.matchAll(/█/g)].length);
    expect(bars).toHaveLength(4);
    expect(cells).toEqual([40, 0, 0, 40]);
  });

  it("prints the figures as JSON", async () => {
    const args = ["sensitivity", "--n", "20", "--dim", "4", "--ranges", "5,200", "--trials", "6", "--json"];
    const { status, out } = await runCommand(...args, "--seed", "3");
    expect(status).toBe(0);
    const rows = JSON.parse(out) as SensitivityRow[];
    expect(rows.map(({ range, trials }) => [range, trials])).toEqual([
      [5, 6],
      [200, 6],
    ]);
    for (const { losses, loss } of rows) {
      expect(losses).toHaveLength(6);
      expect(Array.from(losses).reduce((a, b) => a + b) / 6).toBeCloseTo(loss.mean, 12);
    }
    expect((await runCommand(...args, "--seed", "3")).out).toBe(out);
    expect((await runCommand(...args, "--seed", "4")).out).not.toBe(out);
  });

  it("makes a loss with a vector a class for each range", async () => {
    const args = ["--loss", "ArcFaceLoss", "--ranges", "5,60", "--n", "16", "--dim", "4", "--trials", "2"];
    const { status, out } = await runCommand("sensitivity", ...args);
    expect(status).toBe(0);
    expect(out).toMatch(/ArcFaceLoss learns from most batches at every range asked about\.$/);
  });

  it("writes a page of one file with the table and both curves", async () => {
    const path = join(folder, "sensitivity.html");
    const args = ["--ranges", "10,1000,100000", "--n", "30", "--dim", "8", "--trials", "3", "--out", path];
    const { status, out } = await runCommand("sensitivity", ...args);
    expect(status).toBe(0);
    expect(out).toContain(`Written to ${path}.`);
    const page = readFileSync(path, "utf8");
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).not.toMatch(/(src|href)="http|<script|NaN|undefined|Infinity/);
    expect(page).toContain(`<th scope="row">1,000</th>`);
    expect(page).toContain("silent batches, %");
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown loss", ["--loss", "SupConLos"], /no loss "SupConLos"; did you mean "SupConLoss"/],
    ["options of another loss", ["--loss-options", '{"margin":1}'], /SupConLoss has no option "margin"/],
    ["no JSON", ["--loss-options", "{"], /Give an object as JSON/],
    ["a range of none", ["--ranges", "10,0"], /Give a whole number from 1 on/],
    ["no range", ["--ranges", ","], /Give whole numbers from 1 on, separated by commas/],
    ["no samples", ["--n", "0"], /Give a whole number from 1 on/],
    ["no trial", ["--trials", "0"], /Give a whole number from 1 on/],
    ["a report in a folder's place", ["--out", folder], /--out is .*, which is a folder/],
    ["an argument", [put(folder, "labels.txt", "a\n")], /too many arguments/],
  ])("refuses %s with status 2 and one sentence", async (_, args, sentence) => {
    const out = join(folder, "never.html");
    const target = args.includes("--out") ? [] : ["--out", out];
    const { status, errors } = await runCommand("sensitivity", ...args, ...target);
    expect(errors.split("\n")[0]).toMatch(sentence);
    expect(errors).not.toMatch(/kindred failed|\n {4}at /);
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});
