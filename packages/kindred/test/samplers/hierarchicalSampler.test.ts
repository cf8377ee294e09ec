import { describe, expect, it } from "vitest";
import { HierarchicalSampler } from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

// 4 super classes, of 6 classes each, of 5 samples each
const labels = Array.from({ length: 120 }, (_, i) => `class ${i % 6}`);
const superLabels = Array.from({ length: 120 }, (_, i) => Math.floor(i / 6) % 4);
const options = { batchSize: 12, samplesPerClass: 2, superClassesPerBatch: 2, batchesPerSuperTuple: 3 };

describeSamplerContract(
  "HierarchicalSampler",
  (seed) => new HierarchicalSampler(labels, superLabels, { ...options, seed }),
);

const countBy = (keys: readonly unknown[]): number[] => {
  const counts = new Map<unknown, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => a - b);
};

describe("HierarchicalSampler", () => {
  it("gives every batch equal shares of its super classes, and each class its number of samples", () => {
    for (const batch of epochOf(new HierarchicalSampler(labels, superLabels, options))) {
      expect(countBy(batch.map((row) => superLabels[row]))).toEqual([6, 6]);
      expect(countBy(batch.map((row) => `${superLabels[row]} ${labels[row]}`))).toEqual([2, 2, 2, 2, 2, 2]);
      expect(new Set(batch).size).toBe(12);
    }
  });

  it("brings every set of super classes together equally often", () => {
    const batches = epochOf(new HierarchicalSampler(labels, superLabels, { ...options, superClassesPerBatch: 3 }));
    const sets = batches.map((batch) => [...new Set(batch.map((row) => superLabels[row]))].sort().join(" "));
    expect(new Set(sets)).toEqual(new Set(["0 1 2", "0 1 3", "0 2 3", "1 2 3"]));
    expect(countBy(sets)).toEqual([3, 3, 3, 3]);
  });

  it("lets classes, and samples of a class, take turns", () => {
    const batches = epochOf(new HierarchicalSampler(labels, superLabels, options));
    const rows = batches.flat();
    // 18 batches of 12: each super class fills 54 places: each class 4 or 5 groups of 2
    const ofClasses = countBy(rows.map((row) => `${superLabels[row]} ${labels[row]}`));
    expect(Math.max(...ofClasses) - Math.min(...ofClasses)).toBeLessThanOrEqual(2);
    expect(new Set(rows).size).toBe(120);
    const ofSamples = countBy(rows);
    expect(ofSamples[ofSamples.length - 1] - ofSamples[0]).toBeLessThanOrEqual(1);
  });

  it('takes whole classes with "all", as many as fit', () => {
    const given = { ...options, batchSize: 24, samplesPerClass: "all" as const };
    for (const batch of epochOf(new HierarchicalSampler(labels, superLabels, given))) {
      expect(countBy(batch.map((row) => `${superLabels[row]} ${labels[row]}`))).toEqual([5, 5, 5, 5]);
      expect(new Set(batch).size).toBe(20);
    }
  });

  it("repeats the samples of a class that has too few", () => {
    const batches = epochOf(
      new HierarchicalSampler(["x", "y"], ["one", "two"], {
        batchSize: 4,
        samplesPerClass: 2,
        batchesPerSuperTuple: 1,
      }),
    );
    expect(batches.map((batch) => batch.sort())).toEqual([[0, 0, 1, 1]]);
  });

  it("counts a label that stands in two super classes as two classes", () => {
    const batches = epochOf(
      new HierarchicalSampler(["x", "x", "x", "x"], [0, 0, 1, 1], { batchSize: 4, samplesPerClass: 2 }),
    );
    for (const batch of batches) expect(batch.sort()).toEqual([0, 1, 2, 3]);
  });

  it("refuses numbers that do not divide, and super classes that are too few", () => {
    const make = (given: object) => () => new HierarchicalSampler(labels, superLabels, { ...options, ...given });
    expect(make({ batchSize: 13 })).toThrow(/batchSize is 13; it must be a multiple of superClassesPerBatch, 2/);
    expect(make({ samplesPerClass: 4 })).toThrow(/samplesPerClass is 4; it must divide.*6/);
    expect(make({ samplesPerClass: "every" })).toThrow(/give one of "all"/);
    expect(make({ superClassesPerBatch: 6 })).toThrow(/but there are 4 super classes/);
    expect(make({ batchSize: 8, samplesPerClass: "all" })).toThrow(/a class has 5 samples.*share of a batch is 4/);
    expect(() => new HierarchicalSampler(labels, [1, 2])).toThrow(/labels has 120 entries, superLabels 2/);
    const many = Array.from({ length: 4000 }, (_, i) => i >> 1);
    expect(() => new HierarchicalSampler(many, many, { batchSize: 32, superClassesPerBatch: 4 })).toThrow(
      /2000 super classes make \d+ batches/,
    );
  });
});
