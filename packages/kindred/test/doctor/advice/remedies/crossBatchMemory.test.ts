import { advise, ContrastiveLoss, CrossBatchMemory, SupConLoss, UniformBatchSampler } from "kindred";
import { describe, expect, it } from "vitest";
import { simulateDraws } from "../../../../src/doctor/forecast/simulate.ts";
import { Random } from "../../../../src/matrix/random.ts";
import { lossClasses, makeLoss } from "../../../support/describedLosses.ts";
import { randomMatrix } from "../../../training/fixtures.ts";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = unevenSizes(40, 8);
const counts = countsOf(sizes);

/** What the doctor says of random batches with a memory. */
function outlook(classSizes: readonly number[], batchSize: number, memorySize: number) {
  const loss = new CrossBatchMemory(new SupConLoss(), { embeddingSize: 4, memorySize });
  const { remedies } = advise(countsOf(classSizes), { batchSize, loss, acceptedSilence: 1e-9 });
  return remedies[0].before;
}

describe("the remedy cross-batch-memory", () => {
  it("remembers no more than it takes for the wanted share of live anchors", () => {
    const { settings, before, after } = prescribe("cross-batch-memory", counts, { batchSize: 8 })!;
    expect(before.liveShare).toBeLessThan(0.2);
    const smaller = Math.floor(0.995 * settings!.memorySize!) - 1;
    expect(after.liveShare).toBeGreaterThanOrEqual(0.9);
    expect(outlook(sizes, 8, smaller).liveShare).toBeLessThan(0.9);
    expect(outlook(sizes, 8, settings!.memorySize!)).toEqual(after);
  });

  it("remembers no more than the last hundred steps, and says that this is the limit", () => {
    const pairs = Array<number>(5000).fill(2);
    const { settings, why, after } = prescribe("cross-batch-memory", countsOf(pairs), { batchSize: 8 })!;
    expect(settings!.memorySize).toBe(800);
    expect(why).toContain("the largest memory that is 100 steps old at most");
    expect(after.liveShare).toBeLessThan(0.1);
  });

  it("tells the chances that draws of batch and memory have", { tags: ["long"] }, () => {
    for (const [batchSize, memorySize, small] of [
      [4, 15, unevenSizes(40, 6)],
      [2, 12, [1, 1, 2, 3, 3, 4, 9]],
      [3, 20, sizes],
    ] as const) {
      const { silent, liveShare } = outlook(small, batchSize, memorySize);
      const trials = 4000;
      const drawn = simulateDraws(countsOf(small), batchSize, trials, new Random(3), memorySize - batchSize);
      const live = drawn.map(({ liveWithMemory }) => liveWithMemory / batchSize);
      const mean = live.reduce((sum, x) => sum + x, 0) / trials;
      const deviation = Math.sqrt(live.reduce((sum, x) => sum + (x - mean) ** 2, 0) / trials);
      expect(Math.abs(liveShare - mean)).toBeLessThan((4 * deviation) / Math.sqrt(trials));
      const silence = drawn.filter(({ liveWithMemory }) => liveWithMemory === 0).length / trials;
      // 500 simulated batches stand behind the forecast itself
      const error = Math.sqrt(silence * (1 - silence) * (1 / trials + 1 / 500));
      expect(silence).toBeGreaterThan(0.02);
      expect(Math.abs(silent - silence)).toBeLessThan(4 * error);
    }
  });

  it("tells the chances that counting every draw gives, on a few samples", () => {
    // classes of 2, 2 and 1 samples; batches of 2 beside one remembered row: 5 x 4 x 3 ordered draws
    const classes = [0, 0, 1, 1, 2];
    let [draws, live, silent] = [0, 0, 0];
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++)
        for (let c = 0; c < 5; c++) {
          if (a === b || b === c || a === c) continue;
          draws++;
          const of = [a, b, c].map((sample) => classes[sample]);
          const found = [0, 1].filter((i) => of.some((other, j) => j !== i && other === of[i])).length;
          live += found / 2;
          if (found === 0) silent++;
        }
    const told = outlook([2, 2, 1], 2, 3);
    expect(told.liveShare).toBeCloseTo(live / draws, 12);
    // four errors of a chance that 500 simulated batches tell
    expect(Math.abs(told.silent - silent / draws)).toBeLessThan(4 * Math.sqrt(0.25 / 500));
  });

  it("gives in training the live anchors that it promises", () => {
    const { settings, after } = prescribe("cross-batch-memory", counts, { batchSize: 8, wantedLiveShare: 0.7 })!;
    const { memorySize } = settings!;
    const loss = new CrossBatchMemory(new ContrastiveLoss({ whenSilent: "ignore" }), {
      embeddingSize: 4,
      memorySize: memorySize!,
    });
    const labels = labelsOf(sizes);
    const sampler = new UniformBatchSampler(labels.length, { batchSize: 8, dropLast: true, seed: 2 });
    const shares: number[] = [];
    let filled = 0;
    // one epoch: no sample meets its own older self
    for (const rows of sampler.epoch()) {
      const { report } = loss.evaluate(
        randomMatrix(8, 4, 1),
        Array.from(rows, (row) => labels[row]),
      );
      filled += 8;
      if (filled >= memorySize!) shares.push(1 - report.anchorsWithoutPositives / report.anchors);
    }
    const mean = shares.reduce((sum, x) => sum + x, 0) / shares.length;
    const error = Math.sqrt((0.7 * 0.3) / (8 * shares.length));
    expect(Math.abs(mean - after.liveShare)).toBeLessThan(4 * error);
  });

  it("stays within the memory budget", () => {
    const options = { batchSize: 8, embeddingSize: 64, bytesPerSample: 1000, memoryBudget: 2 ** 24 + 1e5 };
    const { settings, why } = prescribe("cross-batch-memory", counts, options)!;
    const bytes = (memory: number) => 2 ** 24 + 8 * 1000 + (8 + memory) * 16 * 64;
    expect(bytes(settings!.memorySize!)).toBeLessThanOrEqual(options.memoryBudget);
    expect(bytes(settings!.memorySize! + 1)).toBeGreaterThan(options.memoryBudget);
    expect(why).toContain("the largest memory that fits into 17 MB");
  });

  it("says that what is remembered grows old, and by how many steps", () => {
    const { settings, cost, title } = prescribe("cross-batch-memory", counts, { batchSize: 8 })!;
    const steps = Math.ceil(settings!.memorySize! / 8);
    expect(cost).toMatch(new RegExp(`up to ${steps} steps old and drifts`));
    expect(title).toContain(`the last ${steps} steps`);
  });

  it("is for losses only that can be given a reference", { tags: ["long"] }, () => {
    const losses = lossClasses
      .filter(({ description }) => description.wraps === undefined)
      .map((Class) => makeLoss(Class));
    for (const loss of losses) {
      if (loss.needs.pairs === false) continue;
      const { labels, reference } = loss.description!.takes;
      const takesOthers = reference === "any" && labels !== "none" && labels !== "scores";
      const remedy = prescribe("cross-batch-memory", counts, { batchSize: 8, loss });
      expect(remedy !== undefined, loss.name).toBe(takesOthers);
    }
  });

  it("is absent where it finds nothing: singletons only, a batch of all data, batches drawn by class", () => {
    expect(prescribe("cross-batch-memory", countsOf(Array<number>(50).fill(1)), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("cross-batch-memory", countsOf([2, 1, 1, 1]), { batchSize: 5 })).toBeUndefined();
    expect(
      prescribe("cross-batch-memory", countsOf([4, 4]), { batchSize: 2, sampler: "m-per-class", m: 1 }),
    ).toBeUndefined();
  });

  it("is pasted around the loss, also where the loss has a memory that is too small", () => {
    const options = { batchSize: 8, embeddingSize: 8 };
    const small = new CrossBatchMemory(new SupConLoss(), { embeddingSize: 8, memorySize: 8 });
    for (const loss of [new SupConLoss(), small]) {
      const { code, settings } = prescribe("cross-batch-memory", counts, { ...options, loss })!;
      const { remembering } = paste(code, labelsOf(sizes), loss);
      expect(remembering!.options.memorySize).toBe(settings!.memorySize);
      expect(remembering!.loss.name).toBe("SupConLoss");
    }
  });
});
