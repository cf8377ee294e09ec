import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupByLabelSampler } from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const labels = Array.from({ length: 50 }, (_, i) => (i * 7) % 12);

describeSamplerContract("GroupByLabelSampler", (seed) => new GroupByLabelSampler(labels, { batchSize: 8, seed }));

describe("GroupByLabelSampler", () => {
  it("takes pairs of one label, of each label in turn while two have one left", () => {
    const shape = fc.record({
      labels: fc.array(fc.nat(7), { minLength: 4, maxLength: 60 }),
      half: fc.integer({ min: 2, max: 6 }),
      dropLast: fc.boolean(),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shape, ({ labels, half, dropLast, seed }) => {
        const pairs = [...new Set(labels)].map((label) => Math.floor(labels.filter((own) => own === label).length / 2));
        let samples = 0;
        for (let turn = 1; pairs.filter((count) => count >= turn).length > 1; turn++)
          samples += 2 * pairs.filter((count) => count >= turn).length;
        const rest = samples % (2 * half);
        const used = samples - (dropLast || rest < 4 ? rest : 0);
        fc.pre(used > 0);
        const batches = epochOf(new GroupByLabelSampler(labels, { batchSize: 2 * half, dropLast, seed }));
        expect(batches.flat()).toHaveLength(used);
        expect(new Set(batches.flat()).size).toBe(used);
        for (const batch of batches) {
          expect(new Set(batch.map((row) => labels[row])).size).toBeGreaterThan(1);
          for (let k = 0; k < batch.length; k += 2) expect(labels[batch[k]]).toBe(labels[batch[k + 1]]);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("shows over epochs what it leaves out of one", () => {
    const labels = [...Array<string>(9).fill("large"), "a", "a", "a", "b", "b", "only"];
    const sampler = new GroupByLabelSampler(labels, { batchSize: 4 });
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 60; epoch++) for (const row of epochOf(sampler).flat()) seen.add(row);
    expect([...seen].sort((x, y) => x - y)).toEqual(labels.map((_, row) => row).slice(0, -1));
  });

  it("refuses what makes no batch of pairs", () => {
    expect(() => new GroupByLabelSampler([0, 0, 1, 1], { batchSize: 5 })).toThrow("batchSize is 5; a batch of pairs");
    expect(() => new GroupByLabelSampler([0, 0, 1, 1], { batchSize: 2 })).toThrow(/>= 4/);
    expect(() => new GroupByLabelSampler([0, 0, 0, 1])).toThrow("1 labels have two samples or more");
    expect(() => new GroupByLabelSampler([])).toThrow(RangeError);
    expect(() => new GroupByLabelSampler([0, 0, 1, 1], { batchSize: 6, dropLast: true })).toThrow(/no batch is left/);
  });
});
