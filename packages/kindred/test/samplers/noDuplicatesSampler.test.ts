import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoDuplicatesSampler } from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const labels = Array.from({ length: 47 }, (_, i) => (i * i) % 13);

describeSamplerContract("NoDuplicatesSampler", (seed) => new NoDuplicatesSampler(labels, { batchSize: 6, seed }));

describe("NoDuplicatesSampler", () => {
  it("visits every sample once, in batches without a class twice, as few and as equal as can be", () => {
    const shape = fc.record({
      labels: fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
      batchSize: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shape, ({ labels, batchSize, seed }) => {
        const batches = epochOf(new NoDuplicatesSampler(labels, { batchSize, seed }));
        expect(batches.flat().sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        for (const batch of batches) expect(new Set(batch.map((row) => labels[row])).size).toBe(batch.length);
        const largest = Math.max(...labels.map((label) => labels.filter((other) => other === label).length));
        expect(batches.length).toBe(Math.max(largest, Math.ceil(labels.length / batchSize)));
        const sizes = batches.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("brings any two samples of different classes together", () => {
    const sampler = new NoDuplicatesSampler(["a", "b", "c", "d", "a", "b"], { batchSize: 2 });
    const pairs = new Set<string>();
    for (let epoch = 0; epoch < 200; epoch++)
      for (const batch of epochOf(sampler)) pairs.add(batch.sort((x, y) => x - y).join(" "));
    expect(pairs.size).toBe(13);
  });

  it("refuses no samples at all", () => {
    expect(() => new NoDuplicatesSampler([])).toThrow(/labels is empty/);
    expect(() => new NoDuplicatesSampler([1], { batchSize: 0 })).toThrow(/batchSize is 0/);
  });
});
