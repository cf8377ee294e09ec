import { describe, expect, it } from "vitest";
import {
  NoDuplicatesSampler,
  ProportionalSampler,
  RoundRobinSampler,
  type BatchSampler,
  type SampledDataset,
  UniformBatchSampler,
} from "../../src/index.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const texts = Array.from({ length: 30 }, (_, i) => `text ${i % 20}`);
const datasets: SampledDataset[] = [
  { rows: 17 },
  { rows: 30, sampler: (seed) => new NoDuplicatesSampler(texts, { batchSize: 4, seed }) },
];

for (const Sampler of [RoundRobinSampler, ProportionalSampler])
  describeSamplerContract(Sampler.name, (seed) => new Sampler(datasets, { batchSize: 5, seed }));

/** The data set of each batch; a batch of two is a fault. */
function turnsOf(sampler: BatchSampler, first: number): number[] {
  return epochOf(sampler).map((batch) => {
    const which = new Set(batch.map((row) => (row < first ? 0 : 1)));
    expect(which.size).toBe(1);
    return [...which][0];
  });
}

describe("RoundRobinSampler", () => {
  it("takes a batch of each data set in turn until one has none left", () => {
    const sampler = new RoundRobinSampler(datasets, { batchSize: 5 });
    expect(turnsOf(sampler, 17)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect(sampler.batchesPerEpoch).toBe(8);
  });

  it("shows over epochs all of the larger data set", () => {
    const sampler = new RoundRobinSampler([{ rows: 4 }, { rows: 40 }], { batchSize: 4 });
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 80; epoch++) for (const row of epochOf(sampler).flat()) seen.add(row);
    expect(seen.size).toBe(44);
  });
});

describe("ProportionalSampler", () => {
  it("takes all batches of all data sets, in another order each epoch", () => {
    const sampler = new ProportionalSampler(datasets, { batchSize: 5 });
    const orders = Array.from({ length: 5 }, () => turnsOf(sampler, 17));
    for (const order of orders) expect(order.filter((d) => d === 0)).toHaveLength(4);
    for (const order of orders) expect(order).toHaveLength(12);
    expect(new Set(orders.map(String)).size).toBe(5);
    const rows = epochOf(sampler).flat();
    expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 47 }, (_, row) => row));
  });
});

describe("samplers of several data sets", () => {
  it("draw the rows of a data set by its own sampler", () => {
    for (const batch of epochOf(new ProportionalSampler(datasets, { batchSize: 5 }))) {
      const own = batch.filter((row) => row >= 17).map((row) => texts[row - 17]);
      expect(new Set(own).size).toBe(own.length);
    }
  });

  it("refuse what is no data set, has no batch, or does not keep to what it said", () => {
    const make = (given: unknown, options = {}) => new RoundRobinSampler(given as SampledDataset[], options);
    expect(() => make(5)).toThrow(/^datasets is 5; give an array/);
    expect(() => make([])).toThrow(/^datasets is empty/);
    expect(() => make([{ rows: 0 }])).toThrow("datasets[0].rows is 0");
    expect(() => make([{ rows: 5, sampler: 1 }])).toThrow("datasets[0].sampler is 1; give a function");
    expect(() => make([{ rows: 3 }], { batchSize: 4, dropLast: true })).toThrow(/no batch is left/);
    const wide = (seed: number) => new UniformBatchSampler(30, { batchSize: 9, seed });
    expect(() => make([{ rows: 30, sampler: wide }], { batchSize: 4 })).toThrow("give batchSize 9");
    expect(() => epochOf(make([{ rows: 20, sampler: wide }]))).toThrow(/drew row \d+, but the data set has 20 rows/);
    const changing = (seed: number) => new UniformBatchSampler(seed === 0 ? 30 : 9, { batchSize: 9, seed });
    expect(() => epochOf(make([{ rows: 30, sampler: changing }]))).toThrow(/made 1 batches, and 4 with another seed/);
  });
});
