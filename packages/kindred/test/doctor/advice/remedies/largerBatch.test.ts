import { forecastBatches, SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = unevenSizes(40, 8);
const counts = countsOf(sizes);
const loss = new SupConLoss();

describe("the remedy larger-batch", () => {
  it(
    "is the smallest random batch with the wanted share of live anchors, up to half a percent",
    { tags: ["long"] },
    () => {
      for (const wantedLiveShare of [0.6, 0.9]) {
        const { settings, before, after } = prescribe("larger-batch", counts, { batchSize: 8, wantedLiveShare })!;
        const at = (batchSize: number) => forecastBatches(counts, { batchSize, loss });
        const batchSize = settings!.batchSize!;
        expect(after).toEqual({ silent: at(batchSize).silent.value, liveShare: at(batchSize).liveShare.value });
        expect(before).toEqual({ silent: at(8).silent.value, liveShare: at(8).liveShare.value });
        expect(after.liveShare).toBeGreaterThanOrEqual(wantedLiveShare);
        expect(at(Math.floor(0.995 * batchSize) - 1).liveShare.value).toBeLessThan(wantedLiveShare);
      }
    },
  );

  it("cares for the share of silent steps too", () => {
    const options = { batchSize: 8, wantedLiveShare: 0.02, acceptedSilence: 0.001 };
    const { settings, after } = prescribe("larger-batch", counts, options)!;
    expect(after.silent).toBeLessThanOrEqual(0.001);
    const smaller = Math.floor(0.995 * settings!.batchSize!) - 1;
    expect(forecastBatches(counts, { batchSize: smaller }).silent.value).toBeGreaterThan(0.001);
  });

  it("asks the wanted share of those anchors only that can have a positive", () => {
    const half = countsOf([...sizes, ...Array<number>(counts.samples).fill(1)]);
    const { settings, after } = prescribe("larger-batch", half, { batchSize: 8 })!;
    expect(after.liveShare).toBeGreaterThanOrEqual(0.45);
    expect(after.liveShare).toBeLessThan(0.46);
    expect(settings!.batchSize).toBeLessThan(half.samples / 2);
  });

  it("stays within the memory budget, and says that this is the limit", () => {
    const options = { batchSize: 8, embeddingSize: 64, bytesPerSample: 1e6, memoryBudget: 60e6 };
    const { settings, why, after } = prescribe("larger-batch", counts, options)!;
    const bytes = (rows: number) => 2 ** 24 + rows * (1e6 + 16 * 64);
    expect(bytes(settings!.batchSize!)).toBeLessThanOrEqual(60e6);
    expect(bytes(settings!.batchSize! + 1)).toBeGreaterThan(60e6);
    expect(why).toContain("the largest that fits into 60 MB");
    expect(after.liveShare).toBeLessThan(0.9);
  });

  it("is pasted as a sampler of that size", () => {
    const { code, settings } = prescribe("larger-batch", counts, { batchSize: 8 })!;
    const { sampler } = paste(code, labelsOf(sizes));
    expect(sampler!.batchSize).toBe(settings!.batchSize);
  });

  it("is absent where it cannot help: singletons only, no more data, no memory, batches drawn by class", () => {
    expect(prescribe("larger-batch", countsOf(Array<number>(50).fill(1)), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("larger-batch", countsOf([2, 1, 1, 1]), { batchSize: 5 })).toBeUndefined();
    expect(prescribe("larger-batch", counts, { batchSize: 8, memoryBudget: 2 ** 24 })).toBeUndefined();
    expect(prescribe("larger-batch", countsOf([4, 4]), { batchSize: 2, sampler: "m-per-class", m: 1 })).toBeUndefined();
  });
});
