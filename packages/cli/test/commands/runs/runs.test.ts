import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../support/scratch.ts";

const home = scratchFolder();
const results = join(home, "results");

/** metrics.json of a result, as far as it is compared. */
function metrics(before: number, after: number, more: object = {}): object {
  const figures = (value: number): object => ({
    metrics: { precisionAt1: value + 0.1, meanAveragePrecisionAtR: value },
  });
  const change = { value: after - before, low: after - before - 0.01, high: after - before + 0.01 };
  return {
    format: "kindred-result",
    data: { name: "x.csv", rows: 10 },
    heldOut: { by: "class", rows: 4 },
    before: figures(before),
    after: figures(after),
    change: { precisionAt1: change, meanAveragePrecisionAtR: change },
    outcome: "better",
    training: { steps: 20, seconds: 61 },
    options: { loss: "SupConLoss", learningRate: 0.01 },
    ...more,
  };
}

function result(name: string, content: object | string): void {
  mkdirSync(join(results, name), { recursive: true });
  writeFileSync(join(results, name, "metrics.json"), typeof content === "string" ? content : JSON.stringify(content));
}

result("b", metrics(0.5, 0.6));
result("deep/er/a", metrics(0.5, 0.7));
result("c", metrics(0.5, 0.4, { search: { seconds: 5, chosen: { loss: null, steps: 0 } }, training: undefined }));
result("foreign", { accuracy: 1 });
result("text", "not ours");
result("cut", JSON.stringify(metrics(0.1, 0.2)).slice(0, -10));
result("lacking", metrics(0.1, 0.2, { before: 3 }));
result("odd", metrics(0.1, 0.2, { change: { precisionAt1: { value: "x" } } }));
result(".hidden", metrics(0.1, 0.9));
result("node_modules/x", metrics(0.1, 0.9));
mkdirSync(join(results, "folder/metrics.json"), { recursive: true });
symlinkSync(results, join(results, "circle"));

const order = async (...words: string[]): Promise<string[]> => {
  const { status, out } = await runCommand("runs", results, "--json", ...words);
  expect(status).toBe(0);
  return (JSON.parse(out) as { runs: { folder: string }[] }).runs.map(({ folder }) => folder);
};

describe("kindred runs", () => {
  it("compares all results below a folder, the best first, and names what cannot be read", async () => {
    const { status, out, errors } = await runCommand("runs", results);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    const lines = out.split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(lines[0].slice(0, 5)).toEqual(["run", "precision@1", "MAP@R", "raw MAP@R", "change (95 % interval)"]);
    expect(lines[1].slice(0, -1)).toEqual(["deep/er/a", "0.800", "0.700", "0.500", "+0.200 (+0.190 to +0.210)", "better", "SupConLoss, 20 steps, lr 0.01", "x.csv", "4 rows", "1 min 1 s"]); // prettier-ignore
    expect(lines[2][0]).toBe("b");
    expect(lines[3]).toEqual(expect.arrayContaining(["c", "search: no loss, 0 steps", "5.0 s"]));
    expect(out).toContain("cut is left out: its metrics.json is no JSON: it was cut off, or changed.");
    expect(out).toContain("folder is left out: its metrics.json is no file.");
    for (const name of ["lacking", "odd"]) expect(out).toContain(`${name} is left out: its metrics.json lacks figures`);
    expect(out).not.toMatch(/foreign|text is left|hidden|node_modules|circle/);
    expect(out).toMatch(/3 results\. The highest MAP@R is that of deep\/er\/a: 0\.700, raw vectors 0\.500\.$/);
  });

  it("sorts by what is asked for", async () => {
    expect(await order("--sort", "name")).toEqual(["b", "c", "deep/er/a"]);
    expect(await order("--sort", "precision")).toEqual(["deep/er/a", "b", "c"]);
    expect(await order("--sort", "gain")).toEqual(["deep/er/a", "b", "c"]);
    result("b", metrics(0.5, 0.6));
    expect((await order("--sort", "date"))[0]).toBe("b");
    expect((await runCommand("runs", results, "--sort", "size")).errors).toMatch(/Allowed choices are map, precision/);
  });

  it("says when results were judged on different rows", async () => {
    const mixed = join(home, "mixed");
    for (const [name, before] of [
      ["one", 0.5],
      ["two", 0.4],
    ] as const) {
      // prettier-ignore
      mkdirSync(join(mixed, name), { recursive: true });
      writeFileSync(join(mixed, name, "metrics.json"), JSON.stringify(metrics(before, 0.6)));
    }
    expect((await runCommand("runs", mixed)).out).toMatch(
      /judged on different rows: compare those whose raw MAP@R is the same/,
    );
  });

  it("writes a report, in which names are no commands", async () => {
    result("<b>bold", metrics(0.5, 0.55));
    const page = join(home, "runs.html");
    const { status, out } = await runCommand("runs", results, "--out", page);
    expect(status).toBe(0);
    expect(out).toContain(`Written to ${page}.`);
    const html = readFileSync(page, "utf8");
    expect(html).toContain("deep/er/a");
    expect(html).toContain("&lt;b&gt;bold");
    expect(html).toContain("it was cut off, or changed");
  });

  it("refuses what is no folder, and says where nothing was found", async () => {
    expect(await runCommand("runs", join(home, "none"))).toMatchObject({
      status: 2,
      errors: `kindred: ${join(home, "none")} is no folder; give one with results of kindred train in it`,
    });
    mkdirSync(join(home, "empty"));
    expect((await runCommand("runs", join(home, "empty"))).out).toBe("No result of kindred train was found.");
  });

  it("reads what kindred train writes", { tags: ["long"] }, async () => {
    const data = put(home, "kinds.csv", clusteredCsv(6, 12));
    const trained = join(home, "trained");
    mkdirSync(trained);
    for (const words of [
      ["--steps", "3"],
      ["--budget", "1s"],
    ])
      expect(await runCommand("train", data, ...words, "--out", join(trained, words[0].slice(2)))).toMatchObject({
        status: 0,
      });
    const { out } = await runCommand("runs", trained, "--sort", "name");
    expect(out).toMatch(/^ *budget .*search: [^\n]*\n *steps .*SupConLoss, 3 steps, lr 0\.001/m);
    expect(out).not.toContain("left out");
  });
});
