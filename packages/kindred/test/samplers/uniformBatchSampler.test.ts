import { describe, expect, it } from "vitest";
import { UniformBatchSampler } from "../../src/index.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

describeSamplerContract("UniformBatchSampler", (seed) => new UniformBatchSampler(23, { batchSize: 5, seed }));

describe("UniformBatchSampler", () => {
  it("visits every sample once an epoch, the last batch shorter", () => {
    const sampler = new UniformBatchSampler(23, { batchSize: 5 });
    const batches = [...sampler.epoch()];
    expect(batches.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
    expect(batches.length).toBe(sampler.batchesPerEpoch);
    expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 23 }, (_, i) => i),
    );
  });

  it("leaves a shorter last batch out with dropLast", () => {
    const sampler = new UniformBatchSampler(["a", "b", "c", "d", "e"], { batchSize: 2, dropLast: true });
    expect([...sampler.epoch()].map(({ length }) => length)).toEqual([2, 2]);
  });

  it("gives other batches each epoch, and the same ones for the same seed", () => {
    const epochs = (seed: number) => {
      const sampler = new UniformBatchSampler(40, { batchSize: 40, seed });
      return [[...sampler.epoch()], [...sampler.epoch()]].map(([batch]) => [...batch]);
    };
    expect(epochs(1)).toEqual(epochs(1));
    expect(epochs(1)).not.toEqual(epochs(2));
    expect(epochs(1)[0]).not.toEqual(epochs(1)[1]);
  });

  it("puts every sample at the first place equally often", () => {
    const sampler = new UniformBatchSampler(6, { batchSize: 6, seed: 2 });
    const counts = new Float64Array(6);
    for (let epoch = 0; epoch < 3000; epoch++) for (const [first] of sampler.epoch()) counts[first]++;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquared).toBeLessThan(20.5); // 5 degrees of freedom, p = 0.001
  });

  it("refuses no samples at all, and a batch that dropLast leaves nothing of", () => {
    expect(() => new UniformBatchSampler(0)).toThrow(RangeError);
    expect(() => new UniformBatchSampler(3, { batchSize: 4, dropLast: true })).toThrow(/no batch is left/);
  });
});
