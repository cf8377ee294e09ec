import { classCounts, forecastBatches, SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = [...unevenSizes(60, 6), ...Array<number>(120).fill(1)];

describe("the remedy drop-singletons", () => {
  it("gives what batches of the other samples give", () => {
    const { before, after, code } = prescribe("drop-singletons", countsOf(sizes), { batchSize: 8 })!;
    const labels = labelsOf(sizes);
    const { rows } = paste(code, labels);
    const kept = rows!.map((row) => labels[row]);
    expect(kept.length).toBe(labels.length - 120);
    const { silent, liveShare } = forecastBatches(classCounts(kept), { batchSize: 8, loss: new SupConLoss() });
    expect(after.silent).toBeCloseTo(silent.value, 12);
    expect(after.liveShare).toBeCloseTo(liveShare.value, 12);
    expect(after.liveShare).toBeGreaterThan(before.liveShare);
  });

  it("counts them", () => {
    const { title, why } = prescribe("drop-singletons", countsOf(sizes), { batchSize: 8 })!;
    expect(title).toContain("the 120 classes with one sample");
    expect(why).toContain(`${Math.round((100 * 120) / labelsOf(sizes).length)} % of the samples`);
  });

  it("is absent without singletons, with few, and where nothing else is left", () => {
    const none = unevenSizes(60, 6);
    expect(prescribe("drop-singletons", countsOf(none), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("drop-singletons", countsOf([...none, 1, 1]), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("drop-singletons", countsOf(Array<number>(50).fill(1)), { batchSize: 8 })).toBeUndefined();
    expect(prescribe("drop-singletons", countsOf([3, ...Array<number>(50).fill(1)]), { batchSize: 8 })).toBeUndefined();
  });
});
