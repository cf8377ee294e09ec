import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random, type Advice, type LabelFault } from "kindred";
import { describe, expect, it } from "vitest";
import { put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const random = new Random(8);
const lines = (labels: readonly unknown[]): string => `${labels.join("\n")}\n`;
const draws = (n: number, classes: number): string[] => Array.from({ length: n }, () => `c${random.integer(classes)}`);
const healthy = put(folder, "few.txt", lines(draws(400, 8)));
/** 500 pairs and 40 singletons. */
const pairs = [
  ...Array.from({ length: 1000 }, (_, i) => `p${i >> 1}`),
  ...Array.from({ length: 40 }, (_, i) => `s${i}`),
];
const silent = put(folder, "pairs.txt", lines(pairs));
const table = put(folder, "table.csv", `id,kind,note\n${pairs.map((label, i) => `${i},${label},"a, b"`).join("\n")}\n`);

describe("kindred doctor", () => {
  it("says of healthy labels that nothing needs to change, with status 0", async () => {
    const { status, out, errors } = await runCommand("doctor", healthy, "--batch-size", "32");
    expect([status, errors]).toEqual([0, ""]);
    const [verdict] = out.split("\n");
    expect(verdict).toMatch(
      /^Nothing needs to change: with random batches of 32 from 400 samples of 8 classes, \d.*% of the anchors have a positive/,
    );
    expect(out).not.toMatch(/What to do|never a positive/);
  });

  it("says of labels that leave batches silent how many steps, why, and what to do, with status 3", async () => {
    const { status, out, errors } = await runCommand("doctor", silent, "--batch-size", "20");
    expect([status, errors]).toEqual([3, ""]);
    // no two of 20 of 500 pairs and 40 singletons: sum_k C(500, k) 2^k C(40, 20 - k) / C(1040, 20)
    const choose = (n: number, k: number): number =>
      Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1);
    let none = 0;
    for (let k = 0; k <= 20; k++) none += choose(500, k) * 2 ** k * choose(40, 20 - k);
    const percent = Math.round((100 * none) / choose(1040, 20));
    expect(out).toMatch(
      new RegExp(
        `^With random batches of 20 from 1,040 samples of 540 classes, ${percent} % of the steps teach SupConLoss nothing: no two`,
      ),
    );
    expect(out).toMatch(new RegExp(` silent steps +${percent} %\n`));
    expect(out).toMatch(/ classes that never have a positive +40\n/);
    expect(out).toContain("With one sample, and so never a positive: s0, s1, s2 ...");
    expect(out).toMatch(/What to do, best first:\n {2}1\. /);
    expect(out).toMatch(/kindred train <data> --loss SupConLoss --batch-size 20 --sampler m-per-class --m 2/);
  });

  it("sets the table's figures below their headings", async () => {
    const { out } = await runCommand("doctor", silent, "--batch-size", "20");
    const rows = out.split("\n").slice(2, 10);
    const end = rows[0].indexOf("expected") + "expected".length;
    expect(rows[0].endsWith("9 of 10 batches")).toBe(true);
    for (const row of rows.slice(1)) expect(row.slice(0, end)).toMatch(/\S$/);
    for (const row of rows.slice(4, 6)) expect(row).toHaveLength(rows[0].length);
  });

  it("prints all figures as JSON that agrees with the words", async () => {
    const { status, out } = await runCommand("doctor", silent, "--batch-size", "20", "--json");
    expect(status).toBe(3);
    const { forecast, verdict, remedies, faults, status: word } = JSON.parse(out) as Advice & { faults: LabelFault[] };
    expect(word).toBe("silent");
    expect(faults).toEqual([]);
    expect(forecast).toMatchObject({ batchSize: 20, samples: 1040, classes: 540, sampler: "random" });
    expect(verdict).toContain(`${Math.round(100 * forecast.silent.value)} %`);
    expect(forecast.silent.method).toBe("exact");
    expect(remedies.length).toBeGreaterThan(1);
    expect(forecast.neverPositive.classes).toBe(40);
  });

  it("reads the column named, by name or number, and agrees with the plain file", async () => {
    const plain = await runCommand("doctor", silent, "--batch-size", "20", "--json");
    const named = await runCommand("doctor", table, "--label", "kind", "--batch-size", "20", "--json");
    expect(named.out).toBe(plain.out);
    const { out } = await runCommand("doctor", table, "--label", "kind", "--batch-size", "20");
    expect(out.split("\n")[0]).toBe("Labels: column kind of table.csv.");
  });

  it("asks for other samplers, with the error of what is simulated, and the same for the same seed", async () => {
    const ask = (...more: string[]) => runCommand("doctor", silent, "--batch-size", "20", ...more);
    const balanced = await ask("--sampler", "m-per-class", "--m", "2");
    expect(balanced.status).toBe(0);
    expect(balanced.out).toMatch(/batches by m-per-class \(m 2\) of 20/);
    expect(balanced.out).toMatch(/silent steps +0 % ± 0\.\d+ %/);
    expect((await ask("--sampler", "m-per-class", "--m", "2")).out).toBe(balanced.out);
    expect((await ask("--sampler", "m-per-class", "--m", "2", "--seed", "5")).out).not.toBe(balanced.out);
    expect((await ask("--sampler", "with-replacement")).status).toBe(3);
  });

  it("serves a loss that needs no pairs", async () => {
    const { status, out } = await runCommand("doctor", silent, "--batch-size", "20", "--loss", "ProxyAnchorLoss");
    expect(status).toBe(0);
    expect(out).toMatch(/ProxyAnchorLoss learns without samples of one class side by side/);
  });

  it("names faults of the labels", async () => {
    const faulty = put(folder, "faulty.txt", lines([...draws(200, 5), "Cat", "cat", ...new Array<string>(7).fill("")]));
    const { status, out } = await runCommand("doctor", faulty, "--batch-size", "32");
    expect(status).toBe(0);
    expect(out).toContain("Labels: 7 of 209 labels are missing (empty, NaN or null).\n  Leave these samples out");
    expect(out).toContain(`Labels: 2 labels are only 1 when capitals and spaces don't count ("Cat" = "cat").`);
    const ids = put(folder, "ids.txt", lines(pairs.map((_, i) => `image-${i}`)));
    const identifier = await runCommand("doctor", ids, "--batch-size", "32");
    expect(identifier.status).toBe(3);
    expect(identifier.out).toMatch(/100 % of the steps teach SupConLoss nothing/);
    expect(identifier.out).toMatch(/the column looks like an identifier of samples/);
  });

  it("writes a report of one file with its three pictures, table and advice", { tags: ["long"] }, async () => {
    const path = join(folder, "report.html");
    const { status, out } = await runCommand("doctor", silent, "--batch-size", "20", "--out", path);
    expect(status).toBe(3);
    expect(out).toContain(`Written to ${path}.`);
    const report = readFileSync(path, "utf8");
    expect(report.match(/<svg/g)).toHaveLength(3);
    expect(report).not.toMatch(/(src|href)="http|<script|NaN|undefined|Infinity/);
    for (const text of ["samples of a class", "live anchors, %", "silent steps, %", "● random", "■ 4 per class"])
      expect(report).toContain(text);
    expect(report).toContain(out.split("\n")[0]);
    expect(report).toMatch(/The line marks the batch size asked about, 20\./);
    expect(report).toMatch(/<td>as it is<\/td>|>as it is</);
  });

  it.each<[string, string[], RegExp]>([
    ["a file that is not there", ["nowhere.txt"], /there is no file nowhere\.txt; check the path/],
    ["a folder", [folder], /is no file/],
    ["an empty file", [put(folder, "empty.txt", "")], /empty\.txt holds no labels; give one a line/],
    ["a header alone", [put(folder, "header.csv", "label\n")], /header\.csv holds no labels/],
    ["one label", [put(folder, "one.txt", "a\n".repeat(300))], /all 300 labels are "a"; give two classes or more/],
    [
      "a binary file",
      [
        put(
          folder,
          "picture.dat",
          Uint8Array.from({ length: 999 }, (_, i) => (i * 7) % 256),
        ),
      ],
      /picture\.dat is no text in UTF-8: line 1 holds a NUL byte/,
    ],
    [
      "bytes that are no UTF-8",
      [put(folder, "latin.txt", Uint8Array.of(99, 233, 10, 97, 10))],
      /latin\.txt is no text/,
    ],
    ["a damaged .npy file", [put(folder, "bad.npy", "nothing of it")], /bad\.npy is no \.npy file/],
    ["a column that is not there", [table, "--label", "kimd"], /no column "kimd"; did you mean "kind"\?$/],
    ["a column of no likeness", [table, "--label", "colour"], /no column "colour"; its columns are id, kind, note$/],
    ["columns none of which is named so", [table], /3 columns; name the labels' with --label/],
    ["a batch larger than the data", [healthy, "--batch-size", "401"], /batchSize is 401 for 400 samples/],
    ["m larger than the batch", [healthy, "--sampler", "m-per-class", "--m", "101"], /m is 101 and batchSize 100/],
    ["an unknown loss", [healthy, "--loss", "SupConLos"], /no loss "SupConLos"; did you mean "SupConLoss"/],
    ["an unknown option of a loss", [healthy, "--loss-options", '{"temp":1}'], /SupConLoss has no option "temp"/],
    ["an unknown sampler", [healthy, "--sampler", "fair"], /'fair' is invalid.*random, with-replacement, m-per-class/],
    ["no amount of memory", [healthy, "--memory", "8"], /Give an amount such as 8GB/],
    ["an empty batch", [healthy, "--batch-size", "0"], /Give a whole number from 1 on/],
    ["a report in a folder's place", [healthy, "--out", folder], /--out is .*, which is a folder/],
    ["no labels", [], /missing required argument 'labels'/],
    ["an unknown flag", [healthy, "--batchsize", "3"], /unknown option '--batchsize'/],
  ])("refuses %s with status 2 and one sentence, and writes nothing", async (_, args, sentence) => {
    const out = join(folder, "never.html");
    const before = readdirSync(folder);
    const target = args.includes("--out") ? [] : ["--out", out];
    const { status, errors, out: said } = await runCommand("doctor", ...args, ...target);
    expect(errors.split("\n")[0]).toMatch(sentence);
    expect(errors).not.toMatch(/kindred failed|\n {4}at /);
    expect([status, said]).toEqual([2, ""]);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });
});
