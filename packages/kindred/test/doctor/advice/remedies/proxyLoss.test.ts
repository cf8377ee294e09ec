import { forecastBatches } from "kindred";
import { describe, expect, it } from "vitest";
import { randomMatrix } from "../../../training/fixtures.ts";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const sizes = unevenSizes(50, 6);
const mostlyAlone = [...sizes, ...Array<number>(120).fill(1)];

describe("the remedy proxy-loss", () => {
  it("learns from a batch in which no two samples share a class", () => {
    for (const data of [sizes, mostlyAlone]) {
      const { code, after, settings } = prescribe("proxy-loss", countsOf(data), { batchSize: 8, embeddingSize: 8 })!;
      const { loss } = paste(code, labelsOf(data));
      expect(loss!.name).toBe(settings!.loss);
      const { report, gradients } = loss!.evaluate(randomMatrix(8, 8, 1), [0, 1, 2, 3, 4, 5, 6, 7]);
      expect(report.positivePairs).toBe(0);
      expect(report.status).toBe("learning");
      expect(Math.max(...gradients.embeddings.data.map(Math.abs))).toBeGreaterThan(0);
      const { silent } = forecastBatches(countsOf(data), { batchSize: 8, loss: loss! });
      expect([after.silent, after.liveShare]).toEqual([silent.value, 1]);
    }
  });

  it("says how many classes have one sample, where most have", () => {
    const alone = prescribe("proxy-loss", countsOf(mostlyAlone), { batchSize: 8 })!;
    expect(alone.why).toContain(`${Math.round((100 * 120) / 170)} % of the classes have one sample`);
    expect(prescribe("proxy-loss", countsOf(sizes), { batchSize: 8 })!.why).not.toContain("one sample");
  });

  it("is absent when the vectors don't fit into memory", () => {
    // 50 classes x 64 columns, each a float with its slope and two moments
    const bytes = 50 * 64 * 16;
    const options = { batchSize: 8, embeddingSize: 64 };
    expect(prescribe("proxy-loss", countsOf(sizes), { ...options, memoryBudget: bytes })).toBeDefined();
    expect(prescribe("proxy-loss", countsOf(sizes), { ...options, memoryBudget: bytes - 1 })).toBeUndefined();
  });

  it("is absent where there is one class only", () => {
    expect(prescribe("proxy-loss", countsOf([20]), { batchSize: 8 })).toBeUndefined();
  });
});
