import { forecastBatches, SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { countsOf, labelsOf, paste, prescribe } from "./prescribe.ts";

/** As many samples in classes of equal size, or of two sizes next to each other. */
function equalClasses(samples: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, c) => Math.floor((samples + c) / classes));
}

describe("the remedy label-range", () => {
  it("is the most classes of equal size of which a random batch gives enough", () => {
    const counts = countsOf(equalClasses(2000, 250));
    for (const batchSize of [8, 32]) {
      const { title, after } = prescribe("label-range", counts, { batchSize })!;
      const classes = Number(/at most (\d+) classes/.exec(title)![1]);
      const at = (k: number) => forecastBatches(equalClasses(2000, k), { batchSize, loss: new SupConLoss() });
      expect(after.liveShare).toBeCloseTo(at(classes).liveShare.value, 12);
      expect(after.silent).toBeCloseTo(at(classes).silent.value, 12);
      expect(after.liveShare).toBeGreaterThanOrEqual(0.9);
      const more = at(classes + 1);
      expect(more.liveShare.value < 0.9 || more.silent.value > 0.01).toBe(true);
    }
  });

  it("is pasted as wider labels", () => {
    const sizes = equalClasses(400, 100);
    const { code } = prescribe("label-range", countsOf(sizes), { batchSize: 8 })!;
    const labels = labelsOf(sizes);
    expect(paste(code, labels).coarser).toHaveLength(labels.length);
  });

  it("is absent where two classes are too many already, and for batches drawn by class", () => {
    expect(prescribe("label-range", countsOf(equalClasses(400, 100)), { batchSize: 2 })).toBeUndefined();
    expect(
      prescribe("label-range", countsOf([4, 4, 4, 4]), { batchSize: 2, sampler: "m-per-class", m: 1 }),
    ).toBeUndefined();
  });
});
