import { describe, expect, it } from "vitest";
import {
  trainingFlags,
  trainOptions,
  wantsSearch,
  withBatchSize,
} from "../../../../src/commands/train/options/trainOptions.ts";
import { fallbacks } from "../../../../src/flags/flag.ts";

const wishes = fallbacks(trainingFlags);
const defaults = trainOptions(wishes);

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

  it("takes more where more is usual, and leaves a size that was chosen", () => {
    expect(withBatchSize(defaults, 10_000, 512).batchSize).toBe(512);
    expect(withBatchSize({ ...defaults, batchSize: 300 }, 20).batchSize).toBe(300);
  });
});

describe("what was not asked for", () => {
  it("has its usual value in one training", () => {
    expect(defaults).toMatchObject({ loss: "SupConLoss", learningRate: 0.001, size: 64, epochs: 10, hidden: [] });
    expect(trainOptions({ ...wishes, loss: "NCALoss", hidden: [7] })).toMatchObject({ loss: "NCALoss", hidden: [7] });
  });

  it("is searched for, unless a flag asks for one training", () => {
    expect(wantsSearch(wishes)).toBe(true);
    expect(wantsSearch({ ...wishes, loss: "NCALoss", hidden: [7], learningRate: 0.1, batchSize: 8 })).toBe(true);
    for (const one of [
      { steps: 3 },
      { epochs: 3 },
      { size: 3 },
      { scale: "none" as const },
      { auto: true },
      { search: false },
    ])
      expect(wantsSearch({ ...wishes, ...one })).toBe(false);
  });
});
