import { describe, expect, it } from "vitest";
import { trainingFlags, withBatchSize } from "../../../src/commands/train/trainOptions.ts";
import { fallbacks } from "../../../src/flags/flag.ts";

const defaults = fallbacks(trainingFlags);
describe("withBatchSize", () => {
  it.each([
    [10_000, 128],
    [600, 128],
    [200, 48],
    [20, 8],
    [5, 5],
  ])("takes for %i rows batches of %i", (rows, batchSize) => {
    expect(withBatchSize(defaults, rows).batchSize).toBe(batchSize);
  });

  it("leaves a size that was chosen", () => {
    expect(withBatchSize({ ...defaults, batchSize: 300 }, 20).batchSize).toBe(300);
  });
});
