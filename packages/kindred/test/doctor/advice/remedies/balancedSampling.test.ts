import { classCounts, forecastBatches, SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = unevenSizes(40, 12);
const withSingletons = [...sizes, ...Array<number>(100).fill(1)];

describe("the remedy balanced-sampling", () => {
  it("is pasted as a sampler whose batches are what it promises", () => {
    for (const data of [sizes, withSingletons]) {
      const labels = labelsOf(data);
      const { code, settings, before, after } = prescribe("balanced-sampling", classCounts(labels), { batchSize: 16 })!;
      const { sampler } = paste(code, labels);
      expect(sampler).toMatchObject({
        options: { m: settings!.m, batchSize: 16, scarce: settings!.scarce ?? "repeat" },
      });
      const drawn = forecastBatches(classCounts(labels), { sampler: sampler!, loss: new SupConLoss(), trials: 300 });
      expect(Math.abs(drawn.liveShare.value - after.liveShare)).toBeLessThan(4 * drawn.liveShare.standardError + 1e-9);
      expect(drawn.silent.value).toBe(after.silent);
      const random = forecastBatches(classCounts(labels), { batchSize: 16, loss: new SupConLoss() });
      expect(before).toEqual({ silent: random.silent.value, liveShare: random.liveShare.value });
      expect(after.liveShare).toBeGreaterThan(before.liveShare);
    }
  });

  it(
    "takes the largest group that leaves eight classes in a batch and that most classes can fill",
    { tags: ["long"] },
    () => {
      const m = (batchSize: number, data = sizes): number | undefined =>
        prescribe("balanced-sampling", countsOf(data), { batchSize, wantedLiveShare: 0.99 })?.settings!.m;
      expect([8, 16, 31, 32, 63].map((batchSize) => m(batchSize, unevenSizes(400, 30)))).toEqual([2, 2, 2, 4, 4]);
      expect(m(64, unevenSizes(400, 30))).toBe(8);
      expect(m(64, Array<number>(400).fill(5))).toBe(4);
      expect(m(64, Array<number>(400).fill(3))).toBe(2);
    },
  );

  it("never makes a sample its own positive where some are alone, and says how many samples that leaves out", () => {
    const data = [...unevenSizes(400, 30), ...Array<number>(50).fill(3), ...Array<number>(200).fill(1)];
    const labels = labelsOf(data);
    const { code, cost, settings } = prescribe("balanced-sampling", countsOf(data), { batchSize: 32 })!;
    expect(settings).toEqual({ sampler: "m-per-class", m: 4, scarce: "skip" });
    expect(cost).toContain("the 350 samples of classes with fewer than 4");
    const { sampler } = paste(code, labels);
    const seen = new Set<number>();
    for (const rows of sampler!.epoch()) {
      expect(new Set(rows).size).toBe(rows.length);
      rows.forEach((row) => seen.add(row));
    }
    expect(seen.size).toBe(labels.length - 350);
  });

  it("leaves out nothing where nothing is alone", () => {
    const { cost, settings } = prescribe("balanced-sampling", countsOf(sizes), { batchSize: 16 })!;
    expect(settings).toEqual({ sampler: "m-per-class", m: 2 });
    expect(cost).toContain("none");
  });

  it("is absent where it cannot help", () => {
    expect(prescribe("balanced-sampling", countsOf(Array<number>(50).fill(1)), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("balanced-sampling", countsOf(sizes), { batchSize: 3 })).toBeUndefined();
    // batches of the only class with pairs would hold no negative
    expect(
      prescribe("balanced-sampling", countsOf([20, ...Array<number>(100).fill(1)]), { batchSize: 8 }),
    ).toBeUndefined();
    const balanced = { batchSize: 8, sampler: "m-per-class", m: 1 } as const;
    expect(prescribe("balanced-sampling", countsOf(sizes), balanced)).toBeUndefined();
  });
});
