import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MlpModel, Random, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { Head } from "../../../src/head/head.ts";
import { saveHead } from "../../../src/head/headFolder.ts";
import { npyBytes } from "../../support/npyBytes.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const random = new Random(4);
const gallery = clustered(24);
const queries = clustered(7);
const labels = Array.from({ length: 24 }, (_, i) => `kind, ${i % 3}`);
const galleryFile = put(folder, "gallery.npy", npyBytes(gallery));
const queryFile = put(folder, "queries.npy", npyBytes(queries));
const labelFile = put(folder, "labels.txt", `${labels.join("\n")}\n`);
const table = put(folder, "kinds.csv", clusteredCsv(4, 6));
const header = "query,rank,galleryRow,label,score,isMatch";

describe("kindred match", () => {
  it("prints the nearest gallery rows of each query as csv, and what it says of them beside it", async () => {
    const args = [galleryFile, queryFile, "--labels", labelFile, "--k", "3", "--threshold", "0.9"];
    const { status, out, errors } = await runCommand("match", ...args);
    expect(status).toBe(0);
    expect(out.split("\n")[0]).toBe(header);
    const expected = plainMatches(queries, gallery, 3, false);
    expectLines(
      out,
      expected.map(({ score, ...found }) => ({
        ...found,
        score,
        label: `"${labels[found.galleryRow]}"`,
        isMatch: String(score >= 0.9),
      })),
    );
    const matched = expected.filter(({ rank, score }) => rank === 1 && score >= 0.9).length;
    expect(errors).toMatch(
      new RegExp(`^${matched} of 7 queries .* have a match in gallery\\.npy at the threshold 0\\.900`),
    );
  });

  it("finds the threshold with the best F1 on the gallery's labels, and tells it", async () => {
    const args = [galleryFile, queryFile, "--labels", labelFile, "--calibrate", "--json"];
    const { out, errors } = await runCommand("match", ...args);
    const { threshold, calibration, matches } = JSON.parse(out) as Result;
    const pairs = plainPairs(gallery);
    const best = Math.max(...pairs.map(({ score }) => f1(pairs, score)));
    expect(calibration!.f1).toBeCloseTo(best, 12);
    expect(f1(pairs, threshold!)).toBeCloseTo(best, 12);
    expect(errors).toMatch(new RegExp(`Threshold ${threshold!.toFixed(3)}: best F1, ${best.toFixed(3)}`));
    for (const { score, isMatch } of matches) expect(isMatch).toBe(score >= threshold!);
  });

  it("matches no row with itself when the gallery is the queries, and leaves isMatch empty without a threshold", async () => {
    const { out } = await runCommand("match", galleryFile, galleryFile, "--k", "2");
    expectLines(
      out,
      plainMatches(gallery, gallery, 2, true).map((found) => ({ ...found, label: "", isMatch: "" })),
    );
  });

  it("writes no label that a spreadsheet would compute, in the csv; JSON has it as it is", async () => {
    const formulas = ["=1+1", "+x", "-5", "@a", "-x", 'kind"'];
    const labelsFile = put(folder, "formulas.txt", `${labels.map((_, i) => formulas[i % 6]).join("\n")}\n`);
    const args = [galleryFile, queryFile, "--labels", labelsFile, "--k", "24"];
    const { out } = await runCommand("match", ...args);
    const cells = new Set(
      out
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[3]),
    );
    expect(cells).toEqual(new Set(["'=1+1", "'+x", "-5", "'@a", "'-x", '"kind"""']));
    const { matches } = JSON.parse((await runCommand("match", ...args, "--json")).out) as Result;
    expect(new Set(matches.map(({ label }) => label))).toEqual(new Set(formulas));
    expect(out).toMatch(/,-0\.\d+,$/m);
  });

  it("matches what a head makes of gallery and queries", async () => {
    const head = new MlpModel({ inputSize: 4, outputSize: 3, seed: 3 });
    saveHead(new Head(head, null), join(folder, "head"));
    const { out } = await runCommand(
      "match",
      galleryFile,
      queryFile,
      "--head",
      join(folder, "head"),
      "--k",
      "2",
      "--json",
    );
    const expected = plainMatches(head.embed(queries), head.embed(gallery), 2, false);
    const { matches } = JSON.parse(out) as Result;
    expect(matches.map(({ query, galleryRow }) => [query - 1, galleryRow - 1])).toEqual(
      expected.map(({ query, galleryRow }) => [query, galleryRow]),
    );
  });

  it("writes the matches to a file, and a picture of the best scores", async () => {
    const [out, report] = [join(folder, "out/matches.csv"), join(folder, "out/report.html")];
    const columns = put(folder, "plain.csv", "x0,x1,x2,x3,x4,x5\n1,2,3,4,5,6\n2,1,0,1,2,3\n");
    const {
      status,
      errors,
      out: said,
    } = await runCommand(
      ...["match", table, columns, "--label", "label", "--calibrate", "--k", "1", "--out", out, "--report", report],
    );
    expect(errors).toBe("");
    expect(status).toBe(0);
    expect(said).toMatch(/best F1.*\n.*of 2 queries.*\nWritten to .*matches\.csv and .*report\.html\./);
    expect(readFileSync(out, "utf8")).toMatch(/^query,.*\n1,1,\d+,kind \d,[-\d.]+,(true|false)\n2,1,.*\n$/);
    expect(readFileSync(report, "utf8").match(/<svg/g)).toHaveLength(1);
  });

  it("looks at five gallery rows a query, or at all there are", async () => {
    const rows = async (file: string): Promise<number> =>
      (await runCommand("match", file, queryFile)).out.split("\n").length - 1;
    expect(await rows(galleryFile)).toBe(35);
    expect(await rows(put(folder, "small.npy", npyBytes(clustered(2))))).toBe(14);
  });

  it("matches columns by name, whatever their order, and prints identifiers", async () => {
    const rows = Array.from({ length: 24 }, () => Array.from({ length: 3 }, () => random.normal().toFixed(4)));
    const named = put(folder, "named.csv", `id,a,b,c\n${rows.map((row, i) => [`g${i}`, ...row].join()).join("\n")}\n`);
    const turned = rows.slice(0, 5).map(([a, b, c], i) => [c, a, "9", b, `q${i}`].join());
    const queried = put(folder, "turned.csv", `c,a,more,b,id\n${turned.join("\n")}\n`);
    const bare = put(
      folder,
      "bare.csv",
      `${rows
        .map((row) => row.join())
        .slice(0, 5)
        .join("\n")}\n`,
    );
    const { status, out, errors } = await runCommand("match", named, queried, "--k", "1");
    expect(status).toBe(0);
    expect(out).toBe(
      `query,queryId,rank,galleryRow,galleryId,label,score,isMatch\n${[0, 1, 2, 3, 4].map((i) => `${i + 1},q${i},1,${i + 1},g${i},,1,`).join("\n")}`,
    );
    expect(errors).toContain("Columns of turned.csv: 3, a, b, c; ids: id; left out: more (not in named.csv).");
    const byPlace = await runCommand("match", named, bare, "--k", "1");
    expect(byPlace.errors).toContain("Columns of bare.csv are taken by their place: bare.csv has no names for them.");
    expect(byPlace.out.split("\n")[1]).toBe("1,1,1,g0,,1,");
    const lacking = await runCommand("match", queried, put(folder, "lacking.csv", "c,a,more\n1,2,3\n"));
    expect([lacking.status, lacking.out]).toEqual([2, ""]);
    expect(lacking.errors).toMatch(/lacks the column of turned\.csv: b/);
  });

  it("keeps the numbers of rows where some are left out, and fills queries with the gallery's means", async () => {
    const path = put(folder, "gaps.csv", "a,b\n1,\n1,2\n3,-1\n1,2.1\n");
    const { out } = await runCommand("match", path, path, "--k", "1", "--missing", "drop");
    expect(
      out
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(0, 3).join()),
    ).toEqual(["2,1,4", "3,1,2", "4,1,2"]);
    const query = put(folder, "gap.csv", "a,b\n1,\n");
    const whole = put(folder, "whole.csv", "a,b\n1,2\n0,4\n");
    const filled = await runCommand("match", whole, query, "--k", "2", "--missing", "mean");
    const [, rank, row, , score] = filled.out.split("\n")[1].split(",");
    expect([rank, row]).toEqual(["1", "1"]);
    expect(Number(score)).toBeCloseTo(7 / Math.sqrt(50), 5);
  });

  it.each([
    ["a gallery that is not there", ["nowhere.npy", queryFile], /there is no file nowhere\.npy/],
    ["queries that are not there", [galleryFile, "nowhere.npy"], /there is no file nowhere\.npy/],
    ["more rows than the gallery has", [galleryFile, queryFile, "--k", "25"], /--k is 25, but a query has 24/],
    ["more rows than a row has others", [galleryFile, galleryFile, "--k", "24"], /--k is 24, but a row has 23/],
    ["queries of other width", [table, queryFile], /queries\.npy has vectors of 4 columns, .*kinds\.csv of 6/],
    ["a gallery without labels to calibrate by", [galleryFile, queryFile, "--calibrate"], /holds vectors only/],
    ["two thresholds", [table, table, "--calibrate", "--threshold", "0.5"], /cannot be used with/],
    ["a threshold that no cosine has", [table, table, "--threshold", "2"], /Give a number from -1 to 1/],
    ["too few labels", [table, table, "--labels", "LABELS"], /there is no file LABELS/],
    ["a folder without a head", [table, table, "--head", folder], /holds no head\.json/],
  ])("refuses %s with status 2 and a sentence, and writes nothing", async (_, args, sentence) => {
    const before = readdirSync(folder).sort();
    const out = join(folder, "never.csv");
    const { status, errors, out: printed } = await runCommand("match", ...args, "--out", out);
    expect(errors).toMatch(sentence);
    expect(errors).not.toContain("kindred failed");
    expect([status, printed]).toEqual([2, ""]);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(before);
  });

  it.each([
    ["one class", "a,label\n1,x\n2,x\n3,x\n", /one class only/],
    ["singletons", "a,label\n1,x\n2,y\n3,z\n", /has one row/],
    ["nothing", "", /is empty/],
    ["NaN", "a,label\n1,x\nNaN,x\n3,y\n", /"NaN" in column a/],
    ["one row", "a,label\n1,x\n", /has one row, which does not match itself/],
  ])("refuses to calibrate on a file of %s", async (name, content, sentence) => {
    const path = put(folder, `${name.replaceAll(" ", "-")}.csv`, content);
    const { status, errors } = await runCommand("match", path, path, "--calibrate");
    expect(errors).toMatch(sentence);
    expect(status).toBe(2);
  });
});

interface Result {
  readonly threshold: number | null;
  readonly calibration: { readonly f1: number } | null;
  readonly matches: readonly {
    readonly query: number;
    readonly galleryRow: number;
    readonly label: string | null;
    readonly score: number;
    readonly isMatch: boolean | null;
  }[];
}

/** The lines after the header; scores to the digits that float32 tells. */
function expectLines(
  out: string,
  expected: readonly {
    query: number;
    rank: number;
    galleryRow: number;
    label: string;
    score: number;
    isMatch: string;
  }[],
): void {
  const lines = out.split("\n").slice(1);
  expect(lines).toHaveLength(expected.length);
  expected.forEach(({ query, rank, galleryRow, label, score, isMatch }, k) => {
    const [, start, told, end] = /^(.*),([^,]*),([^,]*)$/.exec(lines[k])!;
    expect([start, end]).toEqual([`${query + 1},${rank},${galleryRow + 1},${label}`, isMatch]);
    expect(told).toMatch(/^-?\d(\.\d{1,6})?$/);
    expect(Number(told)).toBeCloseTo(score, 5);
  });
}

/** Row i around axis i mod 3. */
function clustered(rows: number): Matrix {
  const data = Float32Array.from(
    { length: 4 * rows },
    (_, k) => (k % 4 === Math.floor(k / 4) % 3 ? 1.5 : 0) + 0.6 * random.normal(),
  );
  return { data, rows, cols: 4 };
}

function cosine(x: Matrix, i: number, y: Matrix, j: number): number {
  const product = (a: Matrix, r: number, b: Matrix, s: number): number => {
    let sum = 0;
    for (let k = 0; k < a.cols; k++) sum += a.data[r * a.cols + k] * b.data[s * b.cols + k];
    return sum;
  };
  return product(x, i, y, j) / Math.sqrt(product(x, i, x, i) * product(y, j, y, j));
}

/** The k nearest of whole sorted rankings; scores as float32 keeps them. */
function plainMatches(
  x: Matrix,
  y: Matrix,
  k: number,
  isSelf: boolean,
): { query: number; rank: number; galleryRow: number; score: number }[] {
  return Array.from({ length: x.rows }, (_, query) =>
    Array.from({ length: y.rows }, (__, galleryRow) => ({ galleryRow, score: cosine(x, query, y, galleryRow) }))
      .filter(({ galleryRow }) => !isSelf || galleryRow !== query)
      .sort((a, b) => b.score - a.score)
      .slice(0, k)
      .map((found, r) => ({ query, rank: r + 1, ...found })),
  ).flat();
}

interface Pair {
  readonly score: number;
  readonly isPositive: boolean;
}

function plainPairs(x: Matrix): Pair[] {
  const pairs = [];
  for (let i = 0; i < x.rows; i++)
    for (let j = i + 1; j < x.rows; j++)
      pairs.push({ score: Math.fround(cosine(x, i, x, j)), isPositive: labels[i] === labels[j] });
  return pairs;
}

function f1(pairs: readonly Pair[], threshold: number): number {
  const accepted = pairs.filter(({ score }) => score >= threshold);
  const right = accepted.filter(({ isPositive }) => isPositive).length;
  return (2 * right) / (accepted.length + pairs.filter(({ isPositive }) => isPositive).length);
}
