import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluateRetrieval, MlpModel, Random, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { Head } from "../../../src/head/head.ts";
import { saveHead } from "../../../src/head/headFolder.ts";
import { npyBytes } from "../../support/npyBytes.ts";
import { put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const random = new Random(4);
const documents = rows(50);
const queries = rows(12);
const pairs: readonly (readonly [query: string, document: string, grade: number])[] = [
  ...Array.from({ length: 10 }, (_, i) => [`q${i}`, `d${(7 * i) % 50}`, 1 + (i % 3)] as const),
  ["q0", "d3", 1],
  ["q0", "elsewhere", 1],
  ["q77", "d1", 1],
];
const queryTable = put(folder, "queries.csv", csv("query", "q", queries));
const documentTable = put(folder, "documents.csv", csv("doc_id", "d", documents));
const pairTable = put(folder, "pairs.csv", `query,document,grade\n${pairs.map((pair) => pair.join(",")).join("\n")}\n`);
const flags = ["--documents", documentTable, "--relevant", pairTable];

describe("kindred evaluate with documents", () => {
  it.each(["cosine", "euclidean"] as const)("gives the figures of evaluateRetrieval, by %s", async (distance) => {
    const json = await evaluateJson(queryTable, ...flags, "--k", "2,20", "--distance", distance);
    expect(json).toMatchObject({ evaluated: 10, leftOut: 2, missing: 1, strangers: 1, distance });
    expectFigures(json, queries, documents, distance);
  });

  it("evaluates what a head makes of both", async () => {
    const head = new MlpModel({ inputSize: 4, outputSize: 3, seed: 1 });
    saveHead(new Head(head, ["v0", "v1", "v2", "v3"]), join(folder, "head"));
    const json = await evaluateJson(queryTable, ...flags, "--k", "2,20", "--head", join(folder, "head"));
    expectFigures(json, head.embed(queries), head.embed(documents), "cosine");
  });

  it("calls the rows of .npy files by their numbers", async () => {
    const [left, right] = [put(folder, "q.npy", npyBytes(queries)), put(folder, "d.npy", npyBytes(documents))];
    const numbered = put(folder, "numbered.csv", pairs.slice(0, 10).map(([, d], i) => `${i + 1},${+d.slice(1) + 1}`).join("\n")); // prettier-ignore
    const json = await evaluateJson(left, "--documents", right, "--relevant", numbered);
    expect(json).toMatchObject({ evaluated: 10, missing: 0, relevant: { pairs: 10, isGraded: false } });
  });

  it("shows a table and a verdict, and writes a page", { tags: ["long"] }, async () => {
    const out = join(folder, "report.html");
    const { status, out: said, errors } = await runCommand("evaluate", queryTable, ...flags, "--out", out);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(said).toMatch(/queries\.csv: 12 queries, 4 columns; among 50 documents of documents\.csv, by cosine/);
    for (const title of ["MRR@10", "nDCG@10", "MAP@100", "recall@1", "recall@5", "recall@10"])
      expect(said).toMatch(new RegExp(`${title} +[01]\\.\\d{3} +[01]\\.\\d{3} to [01]\\.\\d{3}`));
    expect(said).toMatch(
      /nDCG@10 of 10 queries is 0\.\d{3} \(95 % interval: .*\); of what is relevant, \d+ % are among the first 10\./,
    );
    expect(said).toContain("2 queries are left out: no document is relevant.");
    expect(said).toContain("1 relevant document is not among the documents, and counts as not found.");
    const report = readFileSync(out, "utf8");
    expect(report.match(/<svg/g)!.length).toBe(1);
    expect(report).not.toMatch(/(src|href)="http|<script/);
  });

  const twice = put(folder, "twice.csv", csv("id", "d", documents).replace("d7,", "d6,"));
  const strange = put(folder, "strange.csv", "query,document\nx,y\n");
  const zero = put(folder, "zero.csv", "query,document,grade\nq1,d1,0\n");
  it.each([
    ["documents without pairs", [queryTable, "--documents", documentTable], /--documents is given without --relevant/],
    ["pairs without documents", [queryTable, "--relevant", pairTable], /--relevant is given without --documents/],
    [
      "what is of classes alone",
      [queryTable, ...flags, "--per-class"],
      /'--documents <file>' cannot be used with .*--per-class/,
    ],
    [
      "a depth beyond the documents",
      [queryTable, ...flags, "--k", "51"],
      /--k is 51, but documents\.csv has 50 documents/,
    ],
    [
      "an identifier twice",
      [queryTable, "--documents", twice, "--relevant", pairTable],
      /twice\.csv has the identifier "d6" in row 7 and in row 8/,
    ],
    [
      "pairs of other queries",
      [queryTable, "--documents", documentTable, "--relevant", strange],
      /no query of strange\.csv \(such as "x"\)/,
    ],
    [
      "pairs that say nothing",
      [queryTable, "--documents", documentTable, "--relevant", zero],
      /every grade of zero\.csv is 0/,
    ],
    [
      "a file that is not there",
      [queryTable, "--documents", "no.csv", "--relevant", pairTable],
      /there is no file no\.csv/,
    ],
    ["pairs over which it would write", [queryTable, ...flags, "--out", pairTable], /pairs\.csv/],
  ])("refuses %s with status 2 and a sentence, and writes nothing", async (_, args, sentence) => {
    const before = readdirSync(folder).sort();
    const out = join(folder, "never.html");
    const { status, errors } = await runCommand(
      "evaluate",
      ...(args.includes("--out") ? args : [...args, "--out", out]),
    );
    expect(errors).toMatch(sentence);
    expect(errors).not.toContain("kindred failed");
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

interface Figures {
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly low: number; readonly high: number }>>;
}

async function evaluateJson(...args: string[]): Promise<Figures> {
  const { status, out, errors } = await runCommand("evaluate", ...args, "--json");
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
  return JSON.parse(out) as Figures;
}

function expectFigures({ metrics }: Figures, own: Matrix, others: Matrix, similarity: "cosine" | "euclidean"): void {
  const relevant = new Map<string, Map<string, number>>();
  for (const [query, document, grade] of pairs)
    relevant.set(query, (relevant.get(query) ?? new Map<string, number>()).set(document, grade));
  const input = {
    queries: own,
    queryIds: Array.from({ length: own.rows }, (_, i) => `q${i}`),
    documents: others,
    documentIds: Array.from({ length: others.rows }, (_, i) => `d${i}`),
    relevant,
  };
  const names = ["meanReciprocalRankAt10", "ndcgAt10", "meanAveragePrecisionAt100", "recallAt2", "recallAt20"] as const;
  const expected = evaluateRetrieval(input, { similarity, metrics: names, bootstrap: true });
  expect(Object.keys(metrics)).toEqual(names);
  for (const name of names) {
    expect(metrics[name].value, name).toBeCloseTo(expected.metrics[name], 6);
    expect(metrics[name].low, name).toBeCloseTo(expected.intervals![name].low, 6);
    expect(metrics[name].high, name).toBeCloseTo(expected.intervals![name].high, 6);
  }
}

/** Numbers with three digits, so that a table holds them whole. */
function rows(count: number): Matrix {
  const data = Float32Array.from({ length: 4 * count }, () => Math.round(1000 * random.normal()) / 1000);
  return { data, rows: count, cols: 4 };
}

function csv(name: string, letter: string, { data, rows: count }: Matrix): string {
  const line = (i: number): string =>
    `${letter}${i},${Array.from(data.subarray(4 * i, 4 * i + 4), (x) => x.toFixed(3)).join(",")}`;
  return `${name},v0,v1,v2,v3\n${Array.from({ length: count }, (_, i) => line(i)).join("\n")}\n`;
}
