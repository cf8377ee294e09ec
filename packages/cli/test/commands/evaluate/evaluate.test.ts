import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MlpModel, Random, takeRows, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { Head } from "../../../src/head/head.ts";
import { saveHead } from "../../../src/head/headFolder.ts";
import { npyBytes } from "../../support/npyBytes.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const random = new Random(2);
const vectors = randomMatrix(40, 5);
const others = randomMatrix(30, 5);
const labels = Array.from({ length: 39 }, (_, i) => `c${i % 4}`).concat("alone");
const otherLabels = Array.from({ length: 30 }, (_, i) => `c${i % 3}`);
const data = put(folder, "vectors.npy", npyBytes(vectors));
const labelFile = put(folder, "labels.txt", `${labels.join("\n")}\n`);
const reference = put(folder, "others.npy", npyBytes(others));
const referenceLabels = put(folder, "others.txt", `${otherLabels.join("\n")}\n`);
const table = put(folder, "kinds.csv", clusteredCsv(6, 8));

describe("kindred evaluate", () => {
  it.each(["cosine", "euclidean"] as const)("gives the figures of a plain computation, by %s", async (distance) => {
    const { json, status } = await evaluateJson(data, "--labels", labelFile, "--k", "1,3", "--distance", distance);
    expect(status).toBe(0);
    expect(json).toMatchObject({ evaluated: 39, singletons: 1, queries: 40, references: 40, distance });
    expectFigures(json, plainMetrics([vectors, labels], null, distance, [1, 3]));
  });

  it("looks for neighbours among a reference, and passes over queries of no class there", async () => {
    const { json } = await evaluateJson(
      ...[data, "--labels", labelFile, "--reference", reference, "--reference-labels", referenceLabels, "--k", "2"],
    );
    expect(json).toMatchObject({ evaluated: 30, singletons: 10, references: 30, reference: { rows: 30, classes: 3 } });
    expectFigures(json, plainMetrics([vectors, labels], [others, otherLabels], "cosine", [2]));
  });

  it("evaluates what a head makes of the vectors", async () => {
    const head = new MlpModel({ inputSize: 5, outputSize: 3, hidden: [4], activation: "tanh", seed: 1 });
    saveHead(new Head(head, null), join(folder, "head"));
    const { json } = await evaluateJson(data, "--labels", labelFile, "--head", join(folder, "head"), "--k", "3");
    expectFigures(json, plainMetrics([head.embed(vectors), labels], null, "cosine", [3]));
  });

  it("judges pairs by a threshold and clusters, when asked to", async () => {
    const { json } = await evaluateJson(data, "--labels", labelFile, "--verification", "--clusters");
    const scores = pairs(vectors, labels);
    const negatives = scores.filter(({ isPositive }) => !isPositive);
    const positives = scores.filter(({ isPositive }) => isPositive);
    const limit = negatives.map(({ score }) => score).sort((a, b) => b - a)[Math.floor(1e-3 * negatives.length)];
    const { verification, metrics } = json;
    expect(verification).toMatchObject({ positives: positives.length, negatives: negatives.length, isExact: true });
    expect(verification!.atFalseAcceptRate[0].trueAcceptRate).toBeCloseTo(
      positives.filter(({ score }) => score > limit).length / positives.length,
      12,
    );
    const accepted = (threshold: number, of: typeof scores): number =>
      of.filter(({ score }) => score >= threshold - 1e-6).length / of.length;
    const { equalErrorRate, equalErrorThreshold } = verification!;
    expect(Math.abs(accepted(equalErrorThreshold, negatives) - equalErrorRate)).toBeLessThan(0.02);
    expect(Math.abs(1 - accepted(equalErrorThreshold, positives) - equalErrorRate)).toBeLessThan(0.02);
    expect(metrics.NMI.value).toBeGreaterThan(0);
    expect(metrics.AMI.value).toBeLessThan(metrics.NMI.value);
  });

  it("gives intervals that hold the value, the same for the same seed", async () => {
    const run = async (seed: string): Promise<Figures["metrics"]> =>
      (await evaluateJson(data, "--labels", labelFile, "--seed", seed)).json.metrics;
    const first = await run("3");
    for (const { value, low, high } of Object.values(first)) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(await run("3")).toEqual(first);
    expect(await run("4")).not.toEqual(first);
  });

  it("shows a table, the worst and best classes, and writes a page with pictures", { tags: ["long"] }, async () => {
    const out = join(folder, "report.html");
    const {
      status,
      out: said,
      errors,
    } = await runCommand("evaluate", table, "--per-class", "--verification", "--out", out);
    expect(errors).toBe("");
    expect(status).toBe(0);
    expect(said).toMatch(
      /kinds\.csv: 48 vectors of 6 classes, 6 columns; each among the others, by cosine similarity\./,
    );
    for (const title of ["precision@1", "precision@10", "recall@5", "R-precision", "MAP@R", "MRR", "nDCG"])
      expect(said).toMatch(new RegExp(`${title} +[01]\\.\\d{3} +[01]\\.\\d{3} to [01]\\.\\d{3}`));
    expect(said).toMatch(/worst classes +queries/);
    expect(said).toMatch(/best classes +queries/);
    expect(said).toMatch(/EER +0\.\d{3} +at /);
    expect(said).toMatch(/Of 48 queries, \d+ % have a neighbour of their own class nearest/);
    const report = readFileSync(out, "utf8");
    expect(report.match(/<svg/g)!.length).toBe(5);
    expect(report).not.toMatch(/(src|href)="http|<script/);
  });

  it("says that figures on equal vectors mean nothing", async () => {
    const path = put(folder, "equal.csv", `a,b,label\n${"0,0,x\n0,0,y\n".repeat(4)}`);
    const { status, out: said } = await runCommand("evaluate", path);
    expect(status).toBe(0);
    expect(said).toMatch(/All 8 vectors of equal\.csv are the same/);
    const { json } = await evaluateJson(path);
    expect(json).toMatchObject({ faults: [expect.stringMatching(/All 8 vectors/)] });
  });

  it("tells which classes are taken for one another, with rows that count from 1", async () => {
    const path = put(folder, "confused.csv", "a,b,label\n1,0,cat\n1,0.3,cat\n1,0.31,dog\n0,1,dog\n0,1.1,dog\n");
    const { out: said } = await runCommand("evaluate", path);
    expect(said).toContain(
      "2 queries have one of another class nearest, in 1 pair of classes. Most often taken for one another: cat and dog (2).",
    );
    const { json } = await evaluateJson(path);
    expect(json.confusions).toEqual([
      {
        labels: ["cat", "dog"],
        taken: [1, 1],
        queries: [2, 3],
        examples: [
          { query: 2, reference: 3 },
          { query: 3, reference: 2 },
        ],
      },
    ]);
    const sound = put(folder, "sound.csv", "a,b,label\n1,0,cat\n1,0.1,cat\n0,1,dog\n0.1,1,dog\n");
    expect((await runCommand("evaluate", sound)).out).toContain("No query has one of another class nearest.");
  });

  it("lists the classes with the worst first, each with its own mean", async () => {
    const { json } = await evaluateJson(data, "--labels", labelFile, "--per-class");
    const byClass = json.classes!;
    expect(byClass.map(({ label }) => label).sort()).toEqual(["c0", "c1", "c2", "c3"]);
    const scores = byClass.map((each) => each.meanAveragePrecisionAtR);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    const mean = byClass.reduce((sum, each) => sum + each.precisionAt1 * each.queries, 0) / 39;
    expect(mean).toBeCloseTo(json.metrics.precisionAt1.value, 12);
  });

  it("takes an ordinary table without flags: identifiers and texts are no part of the vectors, and said", async () => {
    const bare = clusteredCsv(6, 8).trimEnd().split("\n");
    const more = bare.map((line, i) => (i === 0 ? `id,note,${line}` : `${100_000 - 7 * i},"row ${i}, a text",${line}`));
    const ordinary = put(folder, "ordinary.csv", more.join("\n"));
    const [plain, whole] = [await evaluateJson(table), await evaluateJson(ordinary)];
    expect(whole.json.metrics).toEqual(plain.json.metrics);
    expect(whole.json).toMatchObject({ data: { columns: 6, used: { label: "label", id: "id" } } });
    const { out } = await runCommand("evaluate", ordinary);
    expect(out).toContain("Columns of ordinary.csv: 6, x0 .. x5; labels: label; ids: id; left out: note (text).");
  });

  it("takes the columns of a reference and of a head by name, in any order", async () => {
    const turned = clusteredCsv(6, 8)
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",").reverse().join(","));
    const reference = put(folder, "turned.csv", turned.join("\n"));
    const straight = await evaluateJson(table, "--reference", table);
    expect((await evaluateJson(table, "--reference", reference)).json.metrics).toEqual(straight.json.metrics);
    const head = new MlpModel({ inputSize: 6, outputSize: 3, seed: 1 });
    const names = ["x0", "x1", "x2", "x3", "x4", "x5"];
    saveHead(new Head(head, names), join(folder, "named"));
    const [one, other] = [table, reference].map((path) => evaluateJson(path, "--head", join(folder, "named")));
    expect((await one).json.metrics).toEqual((await other).json.metrics);
    const lacking = put(folder, "lacking.csv", "x0,x1,label\n1,2,a\n1,2,b\n1,3,a\n");
    const { status, errors } = await runCommand("evaluate", lacking, "--head", join(folder, "named"));
    expect([status, errors]).toEqual([2, expect.stringMatching(/lacks 4 columns of the head: x2, x3, x4, x5/)]);
  });

  it("leaves out rows with missing values and their labels of another file, or fills them", async () => {
    const gaps = { ...vectors, data: vectors.data.map((x, k) => (k === 12 ? NaN : x)) };
    const path = put(folder, "gaps.npy", npyBytes(gaps));
    const dropped = await evaluateJson(path, "--labels", labelFile, "--missing", "drop", "--k", "3");
    const kept = Array.from({ length: 40 }, (_, i) => i).filter((i) => i !== 2);
    const rest = takeRows(vectors, kept);
    expectFigures(dropped.json, plainMetrics([rest, kept.map((i) => labels[i])], null, "cosine", [3]));
    const filled = await evaluateJson(path, "--labels", labelFile, "--missing", "mean", "--k", "3");
    const mean = kept.reduce((sum, i) => sum + vectors.data[5 * i + 2], 0) / 39;
    const whole = { ...gaps, data: gaps.data.map((x) => (Number.isNaN(x) ? mean : x)) };
    expectFigures(filled.json, plainMetrics([whole, labels], null, "cosine", [3]));
  });

  it.each([
    ["a file that is not there", ["nowhere.csv"], /there is no file nowhere\.csv/],
    ["vectors without labels", [data], /holds vectors only.*--labels/],
    ["too few labels", [data, "--labels", referenceLabels], /30 labels for 40 vectors/],
    [
      "a depth beyond the data",
      [data, "--labels", labelFile, "--k", "1,40"],
      /--k is 40, but a query has 39 neighbours/,
    ],
    ["a depth of no number", [table, "--k", "some"], /Give a whole number from 1 on/],
    ["no depth", [table, "--k", ","], /separated by commas/],
    ["an unknown distance", [table, "--distance", "manhattan"], /Allowed choices are cosine, euclidean/],
    [
      "a reference of other width",
      [table, "--reference", reference, "--reference-labels", referenceLabels],
      /others\.npy has vectors of 5 columns, .*kinds\.csv of 6/,
    ],
    [
      "a reference without labels",
      [data, "--labels", labelFile, "--reference", reference],
      /others\.npy holds vectors only/,
    ],
    ["labels of no reference", [table, "--reference-labels", labelFile], /without --reference/],
    ["a folder without a head", [table, "--head", folder], /holds no head\.json/],
    ["an unknown column", [table, "--label", "labl"], /no column "labl".*did you mean "label"/],
  ])("refuses %s with status 2 and a sentence, and writes nothing", async (_, args, sentence) => {
    const before = readdirSync(folder).sort();
    const out = join(folder, "never.html");
    const { status, errors } = await runCommand("evaluate", ...args, "--out", out);
    expect(errors).toMatch(sentence);
    expect(errors).not.toContain("kindred failed");
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it.each([
    ["one class", "a,label\n1,x\n2,x\n3,x\n", /one class only/],
    ["singletons", "a,label\n1,x\n2,y\n3,z\n", /has one sample/],
    ["nothing", "", /is empty/],
    ["NaN", "a,b,label\n1,2,x\n1,NaN,x\n3,4,y\n", /line 3.*"NaN" in column b/],
  ])("refuses a file of %s", async (name, content, sentence) => {
    const { status, errors } = await runCommand("evaluate", put(folder, `${name}-only.csv`, content));
    expect(errors).toMatch(sentence);
    expect(status).toBe(2);
  });

  it("refuses NaN and no rows in an .npy file, a head of other width, and a reference of other classes", async () => {
    const broken = { ...vectors, data: vectors.data.map((x, k) => (k === 12 ? NaN : x)) };
    const path = put(folder, "broken.npy", npyBytes(broken));
    const nan = await runCommand("evaluate", path, "--labels", labelFile);
    expect([nan.status, nan.errors]).toEqual([
      2,
      expect.stringMatching(/row 3 of .*broken\.npy holds NaN in column 3/),
    ]);
    const none = put(folder, "none.npy", npyBytes({ data: new Float32Array(0), rows: 0, cols: 5 }));
    const empty = await runCommand("evaluate", none, "--labels", labelFile);
    expect([empty.status, empty.errors]).toEqual([2, expect.stringMatching(/none\.npy is empty \(0 rows/)]);
    saveHead(new Head(new MlpModel({ inputSize: 7, outputSize: 3 }), null), join(folder, "wide"));
    const wide = await runCommand("evaluate", data, "--labels", labelFile, "--head", join(folder, "wide"));
    expect([wide.status, wide.errors]).toEqual([2, expect.stringMatching(/5 columns, but the head was trained on 7/)]);
    const strange = put(folder, "strange.txt", "p\nq\n".repeat(15));
    const apart = await runCommand(
      ...["evaluate", data, "--labels", labelFile, "--reference", reference, "--reference-labels", strange],
    );
    expect([apart.status, apart.errors]).toEqual([2, expect.stringMatching(/no label of vectors\.npy .* occurs in/)]);
  });
});

interface Figures {
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly low: number; readonly high: number }>>;
  readonly verification?: {
    readonly equalErrorRate: number;
    readonly equalErrorThreshold: number;
    readonly atFalseAcceptRate: readonly { readonly trueAcceptRate: number }[];
  };
  readonly confusions: readonly object[];
  readonly classes?: readonly {
    readonly label: string;
    readonly queries: number;
    readonly precisionAt1: number;
    readonly meanAveragePrecisionAtR: number;
  }[];
}

async function evaluateJson(...args: string[]): Promise<{ status: number; json: Figures }> {
  const { status, out, errors } = await runCommand("evaluate", ...args, "--json");
  expect(errors).toBe("");
  return { status, json: JSON.parse(out) as Figures };
}

function expectFigures({ metrics }: Figures, expected: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(expected)) expect(metrics[name].value, name).toBeCloseTo(value, 9);
}

function randomMatrix(rows: number, cols: number): Matrix {
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

function row({ data, cols }: Matrix, i: number): number[] {
  return Array.from(data.subarray(i * cols, (i + 1) * cols));
}

function cosine(x: readonly number[], y: readonly number[]): number {
  const product = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, k) => sum + v * b[k], 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function nearness(x: readonly number[], y: readonly number[], distance: "cosine" | "euclidean"): number {
  return distance === "cosine" ? cosine(x, y) : -Math.hypot(...x.map((v, k) => v - y[k]));
}

function pairs(of: Matrix, names: readonly string[]): { score: number; isPositive: boolean }[] {
  const all = [];
  for (let i = 0; i < of.rows; i++)
    for (let j = i + 1; j < of.rows; j++)
      all.push({ score: cosine(row(of, i), row(of, j)), isPositive: names[i] === names[j] });
  return all;
}

type Labelled = readonly [vectors: Matrix, labels: readonly string[]];

/** The metrics from whole sorted rankings, by their definitions. */
function plainMetrics(
  [queries, names]: Labelled,
  others: Labelled | null,
  distance: "cosine" | "euclidean",
  depths: readonly number[],
): Record<string, number> {
  const [among, amongNames] = others ?? [queries, names];
  const sums: Record<string, number> = {};
  let evaluated = 0;
  for (let i = 0; i < queries.rows; i++) {
    const candidates = Array.from({ length: among.rows }, (_, j) => j)
      .filter((j) => others !== null || j !== i)
      .map((j) => ({
        isRight: amongNames[j] === names[i],
        nearness: nearness(row(queries, i), row(among, j), distance),
      }))
      .sort((a, b) => b.nearness - a.nearness);
    const right: number[] = candidates.map(({ isRight }) => (isRight ? 1 : 0));
    const within = (k: number): number => right.slice(0, k).filter((hit) => hit === 1).length;
    const r = within(right.length);
    if (r === 0) continue;
    evaluated++;
    const add = (name: string, value: number): void => void (sums[name] = (sums[name] ?? 0) + value);
    add("precisionAt1", right[0]);
    for (const k of depths) {
      if (k > 1) add(`precisionAt${k}`, within(k) / k);
      add(`recallAt${k}`, within(k) / r);
    }
    add("rPrecision", within(r) / r);
    add(
      "meanAveragePrecisionAtR",
      right.slice(0, r).reduce((sum, hit, k) => sum + (hit * within(k + 1)) / (k + 1), 0) / r,
    );
    add("meanReciprocalRank", 1 / (right.indexOf(1) + 1));
    const gain = (hits: readonly number[]): number => hits.reduce((sum, hit, k) => sum + hit / Math.log2(k + 2), 0);
    add("ndcg", gain(right) / gain(right.slice().sort((a, b) => b - a)));
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / evaluated]));
}
