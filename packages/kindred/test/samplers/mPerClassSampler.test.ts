import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MPerClassSampler, Random } from "../../src/index.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

describeSamplerContract(
  "MPerClassSampler",
  (seed) =>
    new MPerClassSampler(
      Array.from({ length: 50 }, (_, i) => i % 7),
      { m: 3, batchSize: 9, seed },
    ),
);

const countsOf = (labels: readonly unknown[]) => {
  const counts = new Map<unknown, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

const shapes = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 9 }),
  m: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 1, max: 4 }),
  rest: fc.integer({ min: 0, max: 4 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

interface Shape {
  readonly sizes: number[];
  readonly m: number;
  readonly groups: number;
  readonly rest: number;
  readonly seed: number;
}

function build({ sizes, m, groups, rest, seed }: Shape, scarce: "skip" | "repeat" | "borrow") {
  const labels = new Random(seed).shuffle(sizes.flatMap((size, c) => Array<number>(size).fill(c)));
  const batchSize = Math.min(labels.length, groups * m + (rest % m));
  if (batchSize < m || (scarce === "skip" && sizes.every((size) => size < m))) return null;
  return { labels, sampler: new MPerClassSampler(labels, { m, batchSize, scarce, seed }) };
}

describe("MPerClassSampler", () => {
  for (const scarce of ["repeat", "borrow", "skip"] as const) {
    it(`visits every sample in an epoch, in full batches, as many as it says (${scarce})`, () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const built = build(shape, scarce);
          if (built === null) return;
          const { labels, sampler } = built;
          const batches = [...sampler.epoch()];
          expect(batches).toHaveLength(sampler.batchesPerEpoch);
          for (const batch of batches) expect(batch).toHaveLength(sampler.batchSize);
          const seen = new Set(batches.flatMap((batch) => [...batch]));
          labels.forEach((label, row) => {
            const isKept = scarce !== "skip" || shape.sizes[label] >= shape.m;
            if (scarce !== "borrow" || isKept) expect(seen.has(row)).toBe(isKept);
          });
        }),
        { numRuns: 150, seed: 1 },
      );
    });
  }

  it("gives each class of a batch m samples, different ones where it has them", () => {
    const labels = Array.from({ length: 120 }, (_, i) => i % 12);
    for (const batch of new MPerClassSampler(labels, { m: 5, batchSize: 20 }).epoch()) {
      expect([...countsOf([...batch].map((row) => labels[row])).values()]).toEqual([5, 5, 5, 5]);
      expect(new Set(batch).size).toBe(20);
    }
  });

  it("never puts a class twice into a batch while there are enough classes", () => {
    const labels = [...Array<string>(40).fill("large"), ...Array.from({ length: 60 }, (_, i) => `small ${i % 30}`)];
    for (const batch of new MPerClassSampler(labels, { m: 2, batchSize: 8, seed: 3 }).epoch()) {
      expect([...countsOf([...batch].map((row) => labels[row])).values()]).toEqual([2, 2, 2, 2]);
    }
  });

  it("fills what m does not divide with further samples of the batch's classes, so that all have positives", () => {
    const labels = Array.from({ length: 80 }, (_, i) => i % 10);
    for (const batch of new MPerClassSampler(labels, { m: 4, batchSize: 11 }).epoch()) {
      const counts = [...countsOf([...batch].map((row) => labels[row])).values()];
      expect(counts.reduce((sum, c) => sum + c, 0)).toBe(11);
      expect(counts).toHaveLength(2);
      expect(new Set(batch).size).toBe(11);
    }
  });

  it("repeats the samples of a class that has too few, or borrows others", () => {
    const labels = ["lone", ...Array.from({ length: 30 }, (_, i) => `class ${i % 5}`)];
    const rowsBeside = (scarce: "repeat" | "borrow") => {
      const sampler = new MPerClassSampler(labels, { m: 3, batchSize: 3, scarce });
      return [...sampler.epoch()].filter((batch) => batch[0] === 0).map((batch) => [...batch]);
    };
    expect(rowsBeside("repeat")).toEqual([[0, 0, 0]]);
    expect(rowsBeside("borrow")).toHaveLength(1);
    expect(rowsBeside("borrow")[0].filter((row) => row !== 0).length).toBeGreaterThan(0);
  });

  it("pairs every two samples of a class equally often", () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 1];
    const sampler = new MPerClassSampler(labels, { m: 2, batchSize: 4, seed: 11 });
    const pairs = new Map<string, number>();
    const epochs = 600;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const batch of sampler.epoch()) {
        const zeros = [...batch].filter((row) => row < 4).sort((a, b) => a - b);
        pairs.set(zeros.join(), (pairs.get(zeros.join()) ?? 0) + 1);
      }
    }
    // the first group decides the second: a perfect matching, each of the three equally likely
    const expected = epochs / 3;
    const matchings = ["0,1", "0,2", "0,3"].map((pair) => pairs.get(pair) ?? 0);
    const chiSquared = matchings.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(13.8); // 2 degrees of freedom, p = 0.001
  });

  it("refuses what cannot be sampled, with a sentence", () => {
    const labels = [0, 0, 1, 1, 2];
    expect(() => new MPerClassSampler(labels, { m: 4, batchSize: 3 })).toThrow(/m is 4 and batchSize 3/);
    expect(() => new MPerClassSampler(labels, { m: 2, batchSize: 6 })).toThrow(/batchSize is 6 for 5 samples/);
    expect(() => new MPerClassSampler(labels, { m: 3, batchSize: 3, scarce: "skip" })).toThrow(/none of the 3 classes/);
    expect(() => new MPerClassSampler(labels, { batchsize: 4 } as object)).toThrow(/did you mean "batchSize"/);
  });
});
