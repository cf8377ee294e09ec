import { describe, expect, it } from "vitest";
import { trainingFlags, trainOptions, withBatchSize } from "../../../../src/commands/train/options/trainOptions.ts";
import { buildParts } from "../../../../src/commands/train/setup/buildParts.ts";
import { fallbacks } from "../../../../src/flags/flag.ts";

const defaults = trainOptions(fallbacks(trainingFlags));
const labels = Array.from({ length: 12 }, (_, i) => `kind ${i % 3}`);
const options = withBatchSize({ ...defaults, size: 4 }, labels.length);

describe("buildParts", () => {
  it("builds the loss, the miner and the sampler that were named", () => {
    expect(buildParts(options, labels)).toMatchObject({
      loss: { name: "SupConLoss" },
      miner: null,
      sampler: { name: "MPerClassSampler" },
    });
    const { miner, sampler } = buildParts({ ...options, miner: "HDCMiner", sampler: "random" }, labels);
    expect([miner!.constructor.name, sampler.name]).toEqual(["HDCMiner", "UniformBatchSampler"]);
  });

  it("puts a memory around the loss when rows are to be remembered", () => {
    expect(buildParts({ ...options, memorySize: 64 }, labels).loss).toMatchObject({
      name: "CrossBatchMemory",
      options: { memorySize: 64, embeddingSize: 4 },
    });
  });

  it("refuses a memory around a loss that compares with class vectors", () => {
    const classes = { ...defaults, loss: "ArcFaceLoss", memorySize: 64, batchSize: 8 };
    expect(() => buildParts(classes, labels)).toThrow("CrossBatchMemory cannot serve ArcFaceLoss");
  });

  it("refuses a memory that does not hold a batch", () => {
    const short = { ...defaults, memorySize: 7, batchSize: 8 };
    expect(() => buildParts(short, labels)).toThrow("the memory holds 7 rows and a batch 8");
    expect(buildParts({ ...short, memorySize: 8 }, labels).loss.name).toBe("CrossBatchMemory");
  });

  it("refuses a batch larger than the data", () => {
    expect(() => buildParts({ ...options, batchSize: 13 }, labels)).toThrow(
      "the batch size is 13 and there are 12 rows to train on",
    );
  });
});
