import { forecastBatches, SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = unevenSizes(40, 8);
const counts = countsOf(sizes);
const tight = { batchSize: 16, embeddingSize: 64, bytesPerSample: 1e6, memoryBudget: 60e6 };
const bytes = (rows: number, chunk: number) => 2 ** 24 + rows * 16 * 64 + chunk * 1e6;

describe("the remedy cached-gradients", () => {
  it("takes the batch that no limit would have given, in the largest chunks that fit", () => {
    const { settings, before, after } = prescribe("cached-gradients", counts, tight)!;
    const free = prescribe("larger-batch", counts, { ...tight, memoryBudget: Infinity })!;
    const { batchSize, chunkSize } = settings!;
    expect(batchSize).toBe(free.settings!.batchSize);
    expect(after).toEqual(free.after);
    const { silent, liveShare } = forecastBatches(counts, { batchSize: 16, loss: new SupConLoss() });
    expect(before).toEqual({ silent: silent.value, liveShare: liveShare.value });
    expect(bytes(batchSize!, chunkSize!)).toBeLessThanOrEqual(60e6);
    expect(bytes(batchSize!, chunkSize! + 1)).toBeGreaterThan(60e6);
  });

  it("is there only when memory is what limits the batch", () => {
    expect(prescribe("cached-gradients", counts, { ...tight, memoryBudget: Infinity })).toBeUndefined();
    expect(prescribe("cached-gradients", counts, { ...tight, memoryBudget: 1e9 })).toBeUndefined();
    expect(prescribe("cached-gradients", counts, { ...tight, bytesPerSample: 0 })).toBeUndefined();
  });

  it("is absent where not even the embeddings of a larger batch fit, or no batch helps", () => {
    expect(prescribe("cached-gradients", counts, { ...tight, memoryBudget: 2 ** 24 + 1e5 })).toBeUndefined();
    expect(prescribe("cached-gradients", countsOf(Array<number>(500).fill(1)), tight)).toBeUndefined();
    expect(prescribe("cached-gradients", counts, { ...tight, sampler: "m-per-class", m: 1, seed: 1 })).toBeUndefined();
  });

  it("takes the largest batch whose embeddings fit when the wanted one is too large for that too", () => {
    const options = { ...tight, embeddingSize: 64_000, memoryBudget: 2 ** 24 + 16e6 + 60 * 16 * 64_000 };
    const { settings, why, after } = prescribe("cached-gradients", counts, options)!;
    expect(why).toContain("of the most that fit");
    expect(after.liveShare).toBeLessThan(0.9);
    const { batchSize, chunkSize } = settings!;
    expect([batchSize, chunkSize]).toEqual([60, 16]);
  });

  it("is pasted as a trainer that takes such steps", () => {
    const { code, settings } = prescribe("cached-gradients", counts, tight)!;
    const { trainer } = paste(code, labelsOf(sizes), new SupConLoss({ whenSilent: "throw" }));
    expect(trainer!.step().embeddings.rows).toBe(settings!.batchSize);
  });
});
