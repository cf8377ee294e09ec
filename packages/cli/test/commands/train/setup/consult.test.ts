// @module-tag long
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainingFlags, trainOptions, type SizedOptions } from "../../../../src/commands/train/options/trainOptions.ts";
import { buildParts } from "../../../../src/commands/train/setup/buildParts.ts";
import { consult, type Consultation } from "../../../../src/commands/train/setup/consult.ts";
import { fallbacks } from "../../../../src/flags/flag.ts";
import { flagsOf } from "../../../../src/flags/flagsOf.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../../support/scratch.ts";

const defaults = trainOptions(fallbacks(trainingFlags));
const folder = scratchFolder();
/** 150 classes of 5: most random batches of 8 hold no two samples of one. */
const data = put(folder, "many.csv", clusteredCsv(150, 5));
const labels = Array.from({ length: 750 }, (_, i) => `kind ${i % 150}`);
const silent: SizedOptions = { ...defaults, sampler: "random", batchSize: 8 };

function consulted(options: SizedOptions, of: readonly string[]): Consultation {
  return consult(options, buildParts(options, of), { labels: of, columns: 6 });
}

interface Metrics {
  readonly after: { readonly metrics: { readonly precisionAt1: number } };
  readonly training: { readonly steps: number; readonly silentSteps: number };
  readonly doctor: {
    readonly status: string;
    readonly followed: string | null;
    readonly remedies: readonly { readonly name: string }[];
  };
  readonly options: { readonly memorySize: number | null };
}

async function train(name: string, ...flags: string[]): Promise<{ metrics: Metrics; said: string }> {
  const out = join(folder, name);
  const common = ["--sampler", "random", "--batch-size", "8", "--steps", "300", "--size", "8", "--lr", "0.01"];
  const { status, out: said, errors } = await runCommand("train", data, "--out", out, ...common, ...flags);
  expect({ status, errors }).toEqual({ status: 0, errors: "" });
  return { metrics: JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as Metrics, said };
}

describe("kindred train with batches that teach nothing", () => {
  it("says so before the first step, counts them, and learns with --auto what it did not without", async () => {
    const alone = await train("alone");
    expect(alone.said).toMatch(/Doctor: With random batches of 8 .* % of the steps teach SupConLoss nothing/);
    expect(alone.said).toContain("--auto follows it");
    expect(alone.metrics.doctor).toMatchObject({ status: "silent", followed: null });
    expect(alone.metrics.training.silentSteps).toBeGreaterThan(0.5 * alone.metrics.training.steps);
    const followed = await train("followed", "--auto");
    expect(followed.said).toMatch(/Following its advice: .*CrossBatchMemory\. Nothing needs to change/);
    expect(followed.metrics.doctor.followed).toBe("cross-batch-memory");
    expect(followed.metrics.options.memorySize).toBeGreaterThan(8);
    expect(followed.metrics.training.silentSteps).toBeLessThan(0.1 * followed.metrics.training.steps);
    expect(followed.metrics.after.metrics.precisionAt1).toBeGreaterThan(alone.metrics.after.metrics.precisionAt1);
  });

  it("can follow each remedy that has flags, as they are printed", async () => {
    const flags = consulted(silent, labels).advice.remedies.flatMap((remedy) => flagsOf(remedy) ?? []);
    expect(flags.length).toBeGreaterThanOrEqual(4);
    for (const [k, line] of flags.entries()) await train(`remedy-${k}`, ...line.split(" "), "--steps", "2");
  });
});

describe("kindred train --memory", () => {
  it("lets the doctor prescribe what fits", async () => {
    const deep = ["--hidden", "2000", "--loss", "HistogramLoss"];
    const names = ({ doctor }: Metrics): string[] => doctor.remedies.map(({ name }) => name);
    const free = await train("free", ...deep, "--steps", "1");
    expect(names(free.metrics)).not.toContain("cached-gradients");
    const tight = await train("tight", ...deep, "--steps", "1", "--memory", "17.5MB");
    expect(names(tight.metrics)).toContain("cached-gradients");
  });
});

describe("consult", () => {
  it("leaves a healthy training as it is", () => {
    const options: SizedOptions = { ...defaults, batchSize: 32, auto: true };
    const parts = buildParts(options, labels);
    const { advice, followed, ...chosen } = consult(options, parts, { labels, columns: 6 });
    expect(advice.status).toBe("healthy");
    expect(followed).toBeNull();
    expect(chosen.options).toBe(options);
    expect(chosen.parts).toBe(parts);
  });

  it("follows the first remedy that options can follow, and asks again", () => {
    const { advice, followed, options } = consulted({ ...silent, auto: true }, labels);
    expect(followed!.remedy).toBe(advice.remedies.find(({ settings }) => settings !== null));
    expect(options).toEqual({ ...silent, auto: true, ...followed!.remedy.settings });
    expect(followed!.advice.status).toBe("healthy");
  });

  it("builds the parts anew when it follows a remedy, and leaves the sampler as it was when it does not", () => {
    const { parts, options } = consulted({ ...silent, auto: true }, labels);
    expect(parts.loss).toMatchObject({ name: "CrossBatchMemory", options: { memorySize: options.memorySize } });
    const balanced = { ...silent, sampler: "m-per-class" } as const;
    const fresh = buildParts(balanced, labels).sampler;
    expect([...consulted(balanced, labels).parts.sampler.epoch()]).toEqual([...fresh.epoch()]);
  });

  it("leaves behind the old loss's options and memory when it follows a remedy to another loss", () => {
    const histogram = { ...silent, loss: "HistogramLoss", lossOptions: { delta: 0.05 }, auto: true };
    const { followed, options } = consulted(histogram, labels);
    expect(followed!.remedy.name).toBe("proxy-loss");
    expect(options).toMatchObject({ loss: "ProxyAnchorLoss", lossOptions: {}, memorySize: null });
    expect(followed!.advice.status).toBe("healthy");
  });

  it("leaves behind a memory that the larger batch it is told to take does not fit into", () => {
    // class vectors don't fit, three rows hold no two classes of two, and a memory of 100 steps is small
    const many = Array.from({ length: 4000 }, (_, i) => `kind ${i % 2000}`);
    const options = { ...silent, batchSize: 3, memorySize: 3, auto: true, size: 2000, memoryBudget: 60e6 };
    const { followed, options: chosen } = consulted(options, many);
    expect(followed!.remedy.settings!.batchSize).toBeGreaterThan(3);
    expect(chosen).toMatchObject({ ...followed!.remedy.settings, memorySize: null });
  });

  it("keeps the loss's options with remedies that leave the loss", () => {
    const tuned = { ...silent, lossOptions: { temperature: 0.05 }, auto: true };
    expect(consulted(tuned, labels).options.lossOptions).toEqual({ temperature: 0.05 });
  });

  it("knows what a sample takes of the memory: each layer's input and its slope", () => {
    const deep = { ...silent, hidden: [100, 50], size: 4 };
    const bytes = (rows: number, chunk: number): number => 2 ** 24 + rows * 16 * 4 + chunk * 8 * (6 + 100 + 50);
    const remedies = (memoryBudget: number) => consulted({ ...deep, memoryBudget }, labels).advice.remedies;
    const wanted = remedies(1e9).find(({ name }) => name === "larger-batch")!.settings!.batchSize!;
    expect(remedies(bytes(wanted, wanted)).some(({ name }) => name === "cached-gradients")).toBe(false);
    const { settings } = remedies(bytes(wanted, 40)).find(({ name }) => name === "cached-gradients")!;
    expect(settings).toEqual({ batchSize: wanted, chunkSize: 40 });
  });
});
