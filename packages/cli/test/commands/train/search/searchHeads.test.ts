// @module-tag long
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { loadHead } from "../../../../src/head/headFolder.ts";
import { run } from "../../../../src/run.ts";
import type { Terminal } from "../../../../src/terminal/terminal.ts";
import { clusteredCsv, put, recordingTerminal, runCommand, scratchFolder } from "../../../support/scratch.ts";

const folder = scratchFolder();
const hidden = put(folder, "hidden.csv", clusteredCsv(40, 10));
const noise = put(folder, "noise.csv", noiseCsv());
const quick = ["--budget", "1s"];

interface Metrics {
  readonly outcome: string;
  readonly trainedOn: { readonly rows: number; readonly classes: number };
  readonly heldOut: { readonly by: string; readonly rows: number; readonly classes: number };
  readonly before: { readonly metrics: { readonly meanAveragePrecisionAtR: number }; readonly references: number };
  readonly after: { readonly metrics: { readonly meanAveragePrecisionAtR: number } };
  readonly change: { readonly meanAveragePrecisionAtR: { readonly low: number; readonly high: number } };
  readonly search: {
    readonly plan: object;
    readonly isBetter: boolean;
    readonly trainedOn: { readonly classes: number };
    readonly chosenBy: { readonly classes: number };
    readonly candidates: readonly { readonly title: string; readonly loss: string | null; readonly hidden: number[] }[];
  };
}

async function search(name: string, ...args: string[]): Promise<{ metrics: Metrics; said: string; out: string }> {
  const out = join(folder, name);
  const { status, out: said, errors } = await runCommand("train", ...args, "--out", out);
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
  return { metrics: JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as Metrics, said, out };
}

const vectors = { data: Float32Array.from({ length: 60 }, (_, k) => Math.sin(k + 1)), rows: 10, cols: 6 };

describe("kindred train, told no steps", () => {
  it("finds what the raw vectors hide, shows what it tried, and is judged on classes that nothing was chosen by", async () => {
    const { metrics, said, out } = await search("found", hidden, ...quick);
    expect(metrics.outcome).toBe("better");
    expect(metrics.change.meanAveragePrecisionAtR.low).toBeGreaterThan(0.1);
    const { trainedOn, heldOut, search: how } = metrics;
    expect(how.trainedOn.classes + how.chosenBy.classes).toBe(trainedOn.classes);
    expect(trainedOn.classes + heldOut.classes).toBe(40);
    expect(said).toContain("Assumed: new classes will come, so whole classes are held out");
    expect(said).toMatch(/tried \(on the part to choose by\) +MAP@R +precision@1 +steps\n/);
    expect(said).toMatch(/ {2}the vectors as they are +0\.\d{3} +0\.\d{3} +-\n/);
    expect(said).toMatch(
      /The best of \d+ heads is better than the raw vectors\. On 12 classes that training never saw/,
    );
    const report = readFileSync(join(out, "report.html"), "utf8");
    for (const { title } of how.candidates) expect(report).toContain(title.replaceAll(">", "&gt;"));
    expect(report).toMatch(/<div class="verdict good"><p>The best of/);
    expect(loadHead(out).embed(vectors).data).not.toEqual(vectors.data);
  });

  it("says where nothing is better, changes nothing then, and says what to do", async () => {
    const plan = { search: { plan: { closedForms: 6, contestants: 3, rounds: [20] } } };
    const { metrics, said, out } = await search("noise", noise, "--plan", put(folder, "p.json", JSON.stringify(plan)));
    expect(metrics.outcome).toBe("nothing-better");
    expect(metrics.after).toEqual(metrics.before);
    expect(loadHead(out).embed(vectors)).toEqual(vectors);
    expect(said).toMatch(
      /None of \d+ heads is shown to be better than the raw vectors\. The vectors are left as they are/,
    );
    expect(said).toMatch(/What to do, best first.*\n {2}1\. Use the raw vectors\n/);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("What to do, best first");
  });

  it("gives the same head again with the plan of the first", async () => {
    const first = await search("first", hidden, ...quick);
    const again = await search("again", hidden, "--plan", first.out);
    const third = await search("third", hidden, "--plan", join(first.out, "metrics.json"));
    for (const { metrics, out } of [again, third]) {
      expect(metrics.search.plan).toEqual(first.metrics.search.plan);
      expect(readFileSync(join(out, "model/weights.safetensors"))).toEqual(
        readFileSync(join(first.out, "model/weights.safetensors")),
      );
    }
  });

  it("holds samples out when it is told that classes stay, and looks them up among those that are trained on", async () => {
    const { metrics, said } = await search("known", hidden, ...quick, "--hold-out-by", "sample");
    expect(metrics.heldOut).toMatchObject({ by: "sample", classes: 40 });
    expect(metrics.before.references).toBe(metrics.trainedOn.rows);
    expect(said).toContain("The classes will stay the same: rows of each are held out");
    expect(metrics.change.meanAveragePrecisionAtR.low).toBeGreaterThan(0.1);
  });

  it("tries only what flags leave: a loss, its options, hidden layers, a rate, a miner, a memory", async () => {
    const of = ({ search: { candidates } }: Metrics): unknown[] =>
      candidates.filter(({ loss }) => loss !== null).map(({ loss, hidden: layers }) => [loss, layers]);
    const named = await search("named", hidden, ...quick, "--loss", "TripletMarginLoss", "--loss-margin", "0.2");
    expect(new Set(of(named.metrics).map((each) => (each as unknown[])[0]))).toEqual(
      new Set(["TripletMarginLoss (margin 0.2)"]),
    );
    const deep = await search("deep", hidden, ...quick, "--loss", "ArcFaceLoss", "--hidden", "5", "--lr", "0.01");
    expect(of(deep.metrics)).toEqual([["ArcFaceLoss", [5]]]);
    const flags = ["--miner", "MultiSimilarityMiner", "--memory-size", "200", "--sampler", "random"];
    const mined = await search("mined", hidden, ...quick, "--loss", "SupConLoss", ...flags);
    expect(of(mined.metrics)[0]).toEqual(["SupConLoss, memory of 200", []]);
  });

  it("fills missing values with means of what is not judged by", async () => {
    const gaps = put(folder, "gaps.csv", clusteredCsv(40, 10).replace(/\n[^,]+,/, "\nNA,"));
    const { metrics, said } = await search("gaps", gaps, ...quick, "--missing", "mean");
    expect(said).toContain("The mean of its column stands for 1 missing value of gaps.csv.");
    expect(metrics.search.isBetter).toBe(true);
  });

  it("never parts the rows of one group, which a column names", async () => {
    const lines = clusteredCsv(40, 10).trimEnd().split("\n");
    // scenes of eight rows, four of each of two classes next to each other
    const scene = (i: number): string => `scene ${Math.floor((i - 1) / 20)}-${i % 5}`;
    const csv = lines.map((line, i) => `${i === 0 ? "scene" : scene(i)},${line}`).join("\n");
    const path = put(folder, "scenes.csv", csv);
    const { said, metrics } = await search("scenes", path, ...quick, "--group", "scene");
    expect(said).toContain("labels: label; groups: scene.");
    expect(metrics.heldOut.classes % 2).toBe(0);
    expect(metrics.search.chosenBy.classes % 2).toBe(0);
    const named = await runCommand(
      "train",
      path,
      "--group",
      "label",
      "--label",
      "label",
      "--out",
      join(folder, "never"),
    );
    expect(named.errors).toContain("the column label is given with --label and --group");
  });

  it("keeps the best so far when it is ended early, and says so", async () => {
    const { terminal, out: said } = recordingTerminal();
    const ending: Terminal = {
      ...terminal,
      say: (text) => {
        terminal.say(text);
        if (/^ .*training linear/.test(text)) process.emit("SIGTERM", "SIGTERM");
      },
    };
    const out = join(folder, "ended");
    expect(await run(["train", hidden, "--budget", "1h", "--out", out], ending)).toBe(0);
    expect(said.join("\n")).toContain("stopped early, the best so far is kept");
    expect(loadHead(out).embed(vectors).data).not.toEqual(vectors.data);
  });

  it.each([
    ["a time of no number", ["--budget", "soon"], /Give a time above 0, such as 30s, 5m or 1h/],
    [
      "a time for one training",
      ["--budget", "5s", "--steps", "3"],
      /'--budget <time>' cannot be used with option '--steps/,
    ],
    ["a plan for one training", ["--plan", "x", "--size", "3"], /'--plan <result>' cannot be used with option '--size/],
    ["no search of a time", ["--no-search", "--budget", "5s"], /cannot be used with option/],
    [
      "a plan that is not there",
      ["--plan", "nowhere"],
      /nowhere cannot be read: .*give a folder that kindred train wrote/,
    ],
    ["a plan of other data", ["--plan", noise], /noise\.csv cannot be read/],
    ["groups of no column", ["--group", "scene"], /no column "scene"/],
    ["groups for one training", ["--group", "label", "--steps", "3"], /cannot be used with option/],
    ["one sample of a class", ["--m", "1"], /m is 1; give a whole number >= 2/],
    ["whole classes of too few", ["--hold-out-by", "class", "--held-out", "0.97"], /needs 6.*--no-search/],
  ])("refuses %s with a sentence", async (_, args, sentence) => {
    const out = join(folder, "never");
    const { status, errors } = await runCommand("train", hidden, ...args, "--out", out);
    expect(errors).toMatch(sentence);
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it("refuses a table that is too small to part in three, and says how it can be trained on", async () => {
    const path = put(
      folder,
      "tiny.csv",
      `a,b,label\n${["w", "x", "y", "z"].flatMap((kind, k) => [1, 2, 3].map((x) => `${x},${k},${kind}\n`)).join("")}`,
    );
    const out = join(folder, "tiny");
    const { status, errors } = await runCommand("train", path, "--out", out);
    expect(status).toBe(2);
    expect(errors).toMatch(/tiny\.csv: .*--no-search trains one head without comparing it/);
    expect(await runCommand("train", path, "--out", out, "--no-search")).toMatchObject({ status: 0 });
  });
});

/** Random centres, and noise alike in all directions: nothing can be gained. */
function noiseCsv(): string {
  const random = new Random(11);
  const lines = ["a,b,c,d,e,f,label"];
  for (let c = 0; c < 40; c++) {
    const centre = Array.from({ length: 6 }, () => random.normal());
    for (let i = 0; i < 8; i++)
      lines.push([...centre.map((x) => (x + 0.7 * random.normal()).toFixed(4)), `kind ${c}`].join(","));
  }
  return lines.join("\n");
}
