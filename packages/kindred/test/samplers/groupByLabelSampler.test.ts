import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupByLabelSampler } from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const labels = Array.from({ length: 50 }, (_, i) => (i * 7) % 12);

describeSamplerContract("GroupByLabelSampler", (seed) => new GroupByLabelSampler(labels, { batchSize: 8, seed }));

/** Samples that are alone in their batch, though their class has others. */
function loneSamples(labels: readonly unknown[], batches: readonly number[][]): number {
  const isAlone = (row: number, among: readonly number[]): boolean =>
    among.filter((other) => labels[other] === labels[row]).length === 1;
  const everything = labels.map((_, row) => row);
  return batches.reduce(
    (sum, batch) => sum + batch.filter((row) => isAlone(row, batch) && !isAlone(row, everything)).length,
    0,
  );
}

describe("GroupByLabelSampler", () => {
  it("visits every sample once, and cuts a class only where a batch ends", () => {
    const shape = fc.record({
      labels: fc.array(fc.nat(7), { minLength: 1, maxLength: 40 }),
      batchSize: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shape, ({ labels, batchSize, seed }) => {
        const rows = epochOf(new GroupByLabelSampler(labels, { batchSize, seed })).flat();
        expect([...rows].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        const changes = rows.filter((row, k) => k === 0 || labels[row] !== labels[rows[k - 1]]).length;
        expect(changes).toBe(new Set(labels).size);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("fills up before a cut with samples that are alone anyway", () => {
    for (const [size, batchSize] of [
      [2, 5],
      [3, 4],
      [3, 5],
      [5, 4],
    ]) {
      const groups = Array.from({ length: 30 }, (_, i) => `group ${Math.floor(i / size)}`);
      const singles = Array.from({ length: 20 }, (_, i) => `single ${i}`);
      let [plain, filled] = [0, 0];
      for (let seed = 0; seed < 20; seed++) {
        plain += loneSamples(groups, epochOf(new GroupByLabelSampler(groups, { batchSize, seed })));
        const labels = [...groups, ...singles];
        filled += loneSamples(labels, epochOf(new GroupByLabelSampler(labels, { batchSize, seed })));
      }
      expect(plain).toBeGreaterThan(0);
      expect(filled).toBe(0);
    }
  });

  it("leaves a shorter last batch out with dropLast", () => {
    const sizes = epochOf(new GroupByLabelSampler(labels, { batchSize: 8, dropLast: true })).map(
      ({ length }) => length,
    );
    expect(sizes).toEqual([8, 8, 8, 8, 8, 8]);
    expect(() => new GroupByLabelSampler([1, 1], { batchSize: 3, dropLast: true })).toThrow(/no batch can be made/);
    expect(() => new GroupByLabelSampler([])).toThrow(RangeError);
  });
});
