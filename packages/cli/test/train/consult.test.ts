import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flagsOf } from "../../src/doctor/flagsOf.ts";
import { consult } from "../../src/train/consult.ts";
import { trainDefaults, withBatchSize, type SizedOptions } from "../../src/train/trainOptions.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();
/** 150 classes of 5: most random batches of 8 hold no two samples of one. */
const data = put(folder, "many.csv", clusteredCsv(150, 5));
const labels = Array.from({ length: 750 }, (_, i) => `kind ${i % 150}`);
const silent: SizedOptions = { ...trainDefaults, sampler: "random", batchSize: 8 };

interface Metrics {
  readonly after: { readonly metrics: { readonly precisionAt1: number } };
  readonly training: { readonly steps: number; readonly silentSteps: number };
  readonly doctor: { readonly status: string; readonly followed: string | null };
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
    const flags = consult(silent, labels).advice.remedies.flatMap((remedy) => flagsOf(remedy) ?? []);
    expect(flags.length).toBeGreaterThanOrEqual(4);
    for (const [k, line] of flags.entries()) await train(`remedy-${k}`, ...line.split(" "), "--steps", "2");
  });
});

describe("consult", () => {
  it("leaves a healthy training as it is", () => {
    const options: SizedOptions = { ...trainDefaults, batchSize: 32, auto: true };
    const { advice, followed, options: chosen } = consult(options, labels);
    expect(advice.status).toBe("healthy");
    expect(followed).toBeNull();
    expect(chosen).toBe(options);
  });

  it("follows the first remedy that options can follow, and asks again", () => {
    const { advice, followed, options } = consult({ ...silent, auto: true }, labels);
    expect(followed!.remedy).toBe(advice.remedies.find(({ settings }) => settings !== null));
    expect(options).toEqual({ ...silent, auto: true, ...followed!.remedy.settings });
    expect(followed!.advice.status).toBe("healthy");
  });
});

describe("withBatchSize", () => {
  it.each([
    [10_000, 128],
    [600, 128],
    [200, 48],
    [20, 8],
    [5, 5],
  ])("takes for %i rows batches of %i", (rows, batchSize) => {
    expect(withBatchSize(trainDefaults, rows).batchSize).toBe(batchSize);
  });

  it("leaves a size that was chosen", () => {
    expect(withBatchSize({ ...trainDefaults, batchSize: 300 }, 20).batchSize).toBe(300);
  });
});
