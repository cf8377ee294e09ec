import { describe, expect, it } from "vitest";
import { ClassBalancedSampler } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const sizes = [40, 9, 3, 1];
const labels = sizes.flatMap((size, c) => Array<string>(size).fill("abcd"[c]));

describeSamplerContract("ClassBalancedSampler", (seed) => new ClassBalancedSampler(labels, { batchSize: 8, seed }));

describe("ClassBalancedSampler", () => {
  for (const power of [0, 0.5, 1, -1]) {
    it(`draws classes by their size to the power ${power}`, () => {
      const sampler = new ClassBalancedSampler(labels, { power, samplesPerEpoch: 8000, batchSize: 100, seed: 2 });
      const counts = new Float64Array(4);
      for (const row of epochOf(sampler).flat()) counts["abcd".indexOf(labels[row])]++;
      const total = sizes.reduce((sum, size) => sum + size ** power, 0);
      expectDraws(
        counts,
        sizes.map((size) => size ** power / total),
      );
    });
  }

  it("shows all samples of a class before one comes again", () => {
    const rows = epochOf(new ClassBalancedSampler(labels, { samplesPerEpoch: 400, seed: 3 })).flat();
    for (const [c, size] of sizes.entries()) {
      const own = rows.filter((row) => labels[row] === "abcd"[c]);
      for (let start = 0; start + size <= own.length; start += size) {
        expect(new Set(own.slice(start, start + size)).size).toBe(size);
      }
    }
  });

  it("takes any power, however extreme", () => {
    for (const [power, only] of [
      [1e6, "a"],
      [-1e6, "d"],
    ] as const) {
      const rows = epochOf(new ClassBalancedSampler(labels, { power })).flat();
      expect(new Set(rows.map((row) => labels[row]))).toEqual(new Set([only]));
    }
  });

  it("draws as many samples as there are, unless told otherwise", () => {
    expect(epochOf(new ClassBalancedSampler(labels)).map(({ length }) => length)).toEqual([32, 21]);
    expect(epochOf(new ClassBalancedSampler(labels, { dropLast: true }))).toHaveLength(1);
    expect(() => new ClassBalancedSampler(labels, { samplesPerEpoch: 0 })).toThrow(/samplesPerEpoch is 0/);
    expect(() => new ClassBalancedSampler(labels, { batchSize: 99, dropLast: true })).toThrow(/no batch is left/);
    expect(() => new ClassBalancedSampler([])).toThrow(RangeError);
  });
});
