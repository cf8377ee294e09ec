import { Random, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { lossNames, makeLoss, makeMiner, makeTrainingLoss, minerNames } from "../../../src/commands/train/parts.ts";
import { trainDefaults, withBatchSize } from "../../../src/commands/train/trainOptions.ts";

const labels = Array.from({ length: 12 }, (_, i) => `kind ${i % 3}`);
const random = new Random(1);
const embeddings: Matrix = { data: Float32Array.from({ length: 48 }, () => random.normal()), rows: 12, cols: 4 };
const required: Readonly<Record<string, Record<string, unknown>>> = { RankedListLoss: { margin: 0.4, Tn: 10 } };

describe("makeLoss", () => {
  it.each(lossNames)("makes a %s that learns from labelled rows", (loss) => {
    const made = makeLoss({ loss, lossOptions: required[loss] ?? {}, size: 4 }, labels);
    const { value, gradients } = made.evaluate(embeddings, labels);
    expect(value).toBeGreaterThan(0);
    expect(gradients.embeddings.data.some((slope) => slope !== 0)).toBe(true);
  });

  it.each(Object.keys(required))("says what %s lacks", (loss) => {
    expect(() => makeLoss({ loss, lossOptions: {}, size: 4 }, labels)).toThrow(Object.keys(required[loss])[0]);
  });

  it.each(["SelfSupervisedLoss", "CoSENTLoss", "GenericPairLoss"])(
    "refuses %s, which learns from other input",
    (loss) => {
      expect(() => makeLoss({ loss, lossOptions: {}, size: 4 }, labels)).toThrow("other input than labelled vectors");
    },
  );

  it("names the nearest loss for a name that is none", () => {
    expect(() => makeLoss({ loss: "SupConLos", lossOptions: {}, size: 4 }, labels)).toThrow("SupConLoss");
  });
});

describe("makeTrainingLoss", () => {
  it("puts a memory around the loss when rows are to be remembered", () => {
    const options = withBatchSize({ ...trainDefaults, size: 4 }, labels.length);
    expect(makeTrainingLoss(options, labels).name).toBe("SupConLoss");
    expect(makeTrainingLoss({ ...options, memorySize: 64 }, labels)).toMatchObject({
      name: "CrossBatchMemory",
      memorySize: 64,
      embeddingSize: 4,
    });
  });

  it("refuses a memory around a loss that compares with class vectors", () => {
    const options = { ...trainDefaults, loss: "ArcFaceLoss", memorySize: 64, batchSize: 8 };
    expect(() => makeTrainingLoss(options, labels)).toThrow("CrossBatchMemory cannot serve ArcFaceLoss");
  });

  it("refuses a memory that does not hold a batch", () => {
    const options = { ...trainDefaults, memorySize: 7, batchSize: 8 };
    expect(() => makeTrainingLoss(options, labels)).toThrow("the memory holds 7 rows and a batch 8");
    expect(makeTrainingLoss({ ...options, memorySize: 8 }, labels).name).toBe("CrossBatchMemory");
  });
});

describe("makeMiner", () => {
  it.each(minerNames)("makes a %s that mines labelled rows", (miner) => {
    const { anchors, anchors1 } = makeMiner({ ...trainDefaults, miner })!.mine(embeddings, labels);
    expect((anchors ?? anchors1).length).toBeGreaterThan(0);
  });
});
