import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoDuplicatesSampler } from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const labels = Array.from({ length: 47 }, (_, i) => (i * i) % 13);

describeSamplerContract("NoDuplicatesSampler", (seed) => new NoDuplicatesSampler(labels, { batchSize: 6, seed }));

describe("NoDuplicatesSampler", () => {
  it("visits every sample once, in batches without a class twice, as few and as full as can be", () => {
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
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
        if (largest === 1) expect(sizes.filter((size) => size < batchSize).length).toBeLessThanOrEqual(1);
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

  it("lets no two samples of a batch share a text, in whatever columns", () => {
    const shape = fc.record({
      columns: fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 }))
        .chain(([count, rows, texts]) =>
          fc.array(fc.array(fc.nat(texts), { minLength: rows, maxLength: rows }), {
            minLength: count,
            maxLength: count,
          }),
        ),
      batchSize: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(1000),
    });
    fc.assert(
      fc.property(shape, ({ columns, batchSize, seed }) => {
        const texts = columns.map((column) => column.map((text) => `text ${text}`));
        const sampler = new NoDuplicatesSampler(texts, { batchSize, seed });
        for (let epoch = 0; epoch < 2; epoch++) {
          const batches = epochOf(sampler);
          expect(batches).toHaveLength(sampler.batchesPerEpoch);
          expect(batches.flat().sort((a, b) => a - b)).toEqual(texts[0].map((_, row) => row));
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(batchSize);
            const own = batch.flatMap((row) => [...new Set(texts.map((column) => column[row]))]);
            expect(new Set(own).size).toBe(own.length);
          }
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("brings any two samples together as often as any others where all texts differ", () => {
    const sampler = new NoDuplicatesSampler([Array.from({ length: 12 }, (_, i) => i)], { batchSize: 4 });
    const epochs = 3000;
    const met = new Map<string, number>();
    for (let epoch = 0; epoch < epochs; epoch++)
      for (const batch of epochOf(sampler))
        for (const a of batch) for (const b of batch) if (a < b) met.set(`${a} ${b}`, (met.get(`${a} ${b}`) ?? 0) + 1);
    const share = 3 / 11;
    const deviation = Math.sqrt(epochs * share * (1 - share));
    expect(met.size).toBe(66);
    for (const count of met.values()) expect(Math.abs(count - epochs * share)).toBeLessThan(5 * deviation);
  });

  it("leaves out what does not fill a batch with dropLast, other samples each epoch", () => {
    const sampler = new NoDuplicatesSampler(
      Array.from({ length: 10 }, (_, i) => i),
      { batchSize: 4, dropLast: true },
    );
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 20; epoch++) {
      const batches = epochOf(sampler);
      expect(batches.map(({ length }) => length)).toEqual([4, 4]);
      for (const row of batches.flat()) seen.add(row);
    }
    expect(seen.size).toBe(10);
    expect(() => new NoDuplicatesSampler([1, 1, 1], { batchSize: 2, dropLast: true })).toThrow(/no batch is left/);
  });

  it("refuses columns of different lengths", () => {
    expect(() => new NoDuplicatesSampler([["a", "b"], ["c"]])).toThrow("column 1 has 1 entries, column 0 has 2");
    expect(() => new NoDuplicatesSampler([["a"], null as unknown as string[]])).toThrow(/column 1 is null/);
    expect(() => new NoDuplicatesSampler("ab")).toThrow(TypeError);
  });

  it("refuses no samples at all", () => {
    expect(() => new NoDuplicatesSampler([])).toThrow(/labels is empty/);
    expect(() => new NoDuplicatesSampler([1], { batchSize: 0 })).toThrow(/batchSize is 0/);
  });
});
