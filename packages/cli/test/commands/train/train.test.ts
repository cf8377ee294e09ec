// @module-tag long
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainingFlags } from "../../../src/commands/train/options/trainOptions.ts";
import { builtInChoices } from "../../../src/commands/train/train.ts";
import { fallbacks } from "../../../src/flags/flag.ts";
import { loadHead } from "../../../src/head/headFolder.ts";
import { lossDescription, lossNames } from "../../../src/parts/losses.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "kinds.csv", clusteredCsv(20, 12));
const quick = ["--epochs", "8", "--size", "3", "--lr", "0.03", "--batch-size", "32"];

describe("kindred train", () => {
  it("learns from a csv file what the raw vectors hide, and leaves a model, metrics and a report", async () => {
    const out = join(folder, "trained");
    const { status, out: said, errors } = await runCommand("train", data, "--out", out, ...quick);
    expect(errors).toBe("");
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "report.html"]);
    const metrics = JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as Metrics;
    expect(metrics.data).toEqual({ name: "kinds.csv", rows: 240, classes: 20, columns: 6 });
    expect(metrics.heldOut.classes + metrics.trainedOn.classes).toBe(20);
    expect(metrics.after.metrics.precisionAt1).toBeGreaterThan(metrics.before.metrics.precisionAt1 + 0.1);
    expect(metrics.training.loss).toHaveLength(metrics.training.steps);
    expect(said).toContain(`precision@1 rose from ${metrics.before.metrics.precisionAt1.toFixed(3)}`);
    const report = readFileSync(join(out, "report.html"), "utf8");
    expect(report.match(/<svg/g)!.length).toBeGreaterThanOrEqual(5);
    expect(report).not.toMatch(/(src|href)="http|<script/);
    const head = loadHead(out);
    expect(head.embed({ data: new Float32Array(12), rows: 2, cols: 6 })).toMatchObject({ rows: 2, cols: 3 });
  });

  it("takes an ordinary table, says which columns it used, and remembers their names with the head", async () => {
    const more = clusteredCsv(20, 12)
      .trimEnd()
      .split("\n")
      .map((line, i) => `${i === 0 ? "key" : `k-${i}`},${line}`);
    const out = join(folder, "ordinary");
    const path = put(folder, "ordinary.csv", more.join("\n"));
    const { status, out: said } = await runCommand("train", path, "--out", out, "--steps", "2");
    expect(status).toBe(0);
    expect(said).toContain("Columns of ordinary.csv: 6, x0 .. x5; labels: label; ids: key.");
    expect(loadHead(out).columns).toEqual(["x0", "x1", "x2", "x3", "x4", "x5"]);
    expect(JSON.parse(readFileSync(join(out, "metrics.json"), "utf8"))).toMatchObject({
      columns: { id: "key", count: 6 },
    });
  });

  it("fills missing values with the means of the rows that it trains on", async () => {
    const lines = clusteredCsv(20, 12).trimEnd().split("\n");
    const path = put(
      folder,
      "gaps.csv",
      lines.map((line, i) => (i % 40 === 7 ? line.replace(/^[^,]*/, "NA") : line)).join("\n"),
    );
    const out = join(folder, "filled");
    const { status, out: said } = await runCommand("train", path, "--out", out, "--steps", "2", "--missing", "mean");
    expect(status).toBe(0);
    expect(said).toContain("The mean of its column stands for 6 missing values of gaps.csv.");
    const refused = await runCommand("train", path, "--out", join(folder, "never"));
    expect(refused.status).toBe(2);
    expect(refused.errors).toMatch(/line 8 of .*"NA" in column x0/);
  });

  it("refuses a loss that labelled vectors cannot teach, and takes every activation it names", async () => {
    const { status, errors } = await runCommand("train", data, "--loss", "SelfSupervisedLoss");
    expect({ status, errors }).toEqual({
      status: 2,
      errors: "kindred: SelfSupervisedLoss learns from other input than labelled vectors; use it from the library",
    });
    for (const activation of ["relu", "tanh", "sigmoid"]) {
      const args = ["--out", join(folder, "bent"), "--steps", "2", "--hidden", "4", "--activation", activation];
      expect(await runCommand("train", data, ...args)).toMatchObject({ status: 0, errors: "" });
    }
  });

  it("suits the built-in task with options that the loss has, whichever it is", () => {
    const wishes = { ...fallbacks(trainingFlags), steps: 3 };
    expect(builtInChoices(wishes).lossOptions).toEqual({ temperature: 0.05 });
    expect(builtInChoices({ ...wishes, steps: null })).toEqual({ heldOut: 0.5 });
    for (const loss of lossNames()) {
      const { lossOptions = {} } = builtInChoices({ ...wishes, loss });
      expect(Object.keys(lossDescription(loss).options)).toEqual(expect.arrayContaining(Object.keys(lossOptions)));
    }
  });

  it("gives the same metrics again with the same seed, and others with another", async () => {
    const figures = await Promise.all(
      ["7", "7", "8"].map(async (seed, k) => {
        const { out } = await runCommand(
          "train",
          data,
          "--out",
          join(folder, `seed-${k}`),
          ...quick,
          "--seed",
          seed,
          "--json",
        );
        return (JSON.parse(out) as Metrics).training.loss;
      }),
    );
    expect(figures[0]).toEqual(figures[1]);
    expect(figures[2]).not.toEqual(figures[0]);
  });

  it("says what to do where the head is worse than the raw vectors, in the terminal and in the report", async () => {
    const out = join(folder, "worse");
    const flags = ["--steps", "2", "--size", "1", "--hidden", "2"];
    const { out: said } = await runCommand("train", put(folder, "easy.csv", easyCsv()), "--out", out, ...flags);
    expect(said).toContain("The head is worse than the raw vectors: use the vectors as they are. On ");
    expect(said).toMatch(/\(-0\.\d+, 95 % interval -0\.\d+ to -0\.\d+\)/);
    expect(said).toMatch(
      /What to do, best first.*\n {2}1\. Use the raw vectors\n {2}2\. Train more gently: kindred train \.\.\. --lr/,
    );
    const report = readFileSync(join(out, "report.html"), "utf8");
    expect(report).toMatch(/<div class="verdict bad"><p>The head is worse than the raw vectors/);
    expect(report.indexOf("What to do, best first")).toBeLessThan(report.indexOf("Before and after"));
    expect(report).toContain("Classes taken for one another");
    expect(report).toContain("<code>kindred train ");
    const { before, after, change, outcome } = JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as Metrics;
    expect(outcome).toBe("worse");
    const { value, low, high } = change.precisionAt1;
    expect(value).toBeCloseTo(after.metrics.precisionAt1 - before.metrics.precisionAt1, 9);
    expect([low < value, high > value, high < 0]).toEqual([true, true, true]);
    expect(after).toHaveProperty("confusions");
    expect(after).not.toHaveProperty("perQuery");
  });

  it("trains an MLP with a loss of proxies and a miner of its own", async () => {
    const common = ["--out", join(folder, "other"), "--epochs", "1", "--batch-size", "32", "--hidden", "8"];
    for (const choice of [
      ["--loss", "ArcFaceLoss"],
      ["--loss", "TripletMarginLoss", "--miner", "MultiSimilarityMiner"],
      ["--sampler", "random"],
    ]) {
      const { status, errors } = await runCommand("train", data, ...common, ...choice);
      expect(errors).toBe("");
      expect(status).toBe(0);
    }
  });

  it.each([
    ["a file that is not there", ["nowhere.csv"], /there is no file nowhere\.csv/],
    ["a column that is not there", [data, "--label", "labl"], /no column "labl".*did you mean "label"/],
    ["an unknown loss", [data, "--loss", "SupCon"], /there is no loss "SupCon".*SupConLoss/],
    ["an unknown miner", [data, "--miner", "Nobody"], /there is no miner "Nobody"/],
    ["an unknown option of the loss", [data, "--loss-options", '{"temprature":1}'], /temprature.*temperature/],
    ["options that are no JSON", [data, "--loss-options", "temperature"], /Give an object as JSON/],
    ["a batch larger than the data", [data, "--batch-size", "1000"], /batch size is 1000/],
    ["a batch of no number", [data, "--batch-size", "many"], /Give a whole number from 2 on/],
    ["a share of nothing", [data, "--held-out", "1"], /above 0 and below 1/],
    ["an unknown option", [data, "--lss", "x"], /unknown option '--lss'/],
    ["a folder that holds other files", [data, "--out", folder], /holds other files/],
  ])("refuses %s with status 2 and a sentence, and writes nothing", async (_, args, sentence) => {
    const before = readdirSync(folder).sort();
    const { status, errors } = await runCommand(
      "train",
      ...args,
      ...(args.includes("--out") ? [] : ["--out", join(folder, "never")]),
    );
    expect(status).toBe(2);
    expect(errors).toMatch(sentence);
    expect(existsSync(join(folder, "never"))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it.each([
    ["one class", "a,label\n1,x\n2,x\n3,x\n", /one class only/],
    ["singletons only", "a,label\n1,x\n2,y\n3,z\n", /has one sample/],
    ["nothing", "", /is empty/],
    ["a header only", "a,b,label\n", /no rows/],
    ["a word among the numbers", "a,b,label\n1,2,x\n1,two,x\n3,4,y\n", /line 3.*"two" in column b/],
    ["an empty label", "a,label\n1,x\n2,\n3,x\n", /the label in line 3 of .* is empty/],
    ["lines of different length", "a,b,label\n1,2,x\n1,x\n", /line 3.*2 fields/],
  ])("refuses a file of %s", async (name, content, sentence) => {
    const path = put(folder, `${name.replaceAll(" ", "-")}.csv`, content);
    const { status, errors } = await runCommand("train", path, "--out", join(folder, "never"));
    expect(errors).toMatch(sentence);
    expect(status).toBe(2);
  });
});

/** Classes that the raw vectors tell apart already, in more columns than one number can hold. */
function easyCsv(): string {
  const rows = Array.from({ length: 160 }, (_, i) =>
    [...Array.from({ length: 16 }, (_, c) => (c === i % 16 ? 5 : ((i * (c + 3)) % 7) / 10)), `kind ${i % 16}`].join(
      ",",
    ),
  );
  return `${Array.from({ length: 16 }, (_, c) => `x${c}`).join(",")},label\n${rows.join("\n")}\n`;
}

interface Metrics {
  readonly data: object;
  readonly trainedOn: { readonly classes: number };
  readonly heldOut: { readonly classes: number };
  readonly before: { readonly metrics: { readonly precisionAt1: number } };
  readonly after: { readonly metrics: { readonly precisionAt1: number } };
  readonly change: { readonly precisionAt1: { readonly value: number; readonly low: number; readonly high: number } };
  readonly outcome: string;
  readonly training: { readonly steps: number; readonly loss: readonly number[] };
}
