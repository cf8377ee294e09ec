import { describe, expect, it } from "vitest";
import { CensusTaker } from "../../../src/doctor/forecast/batchCensus.ts";
import { distinctNumbers, simulateDraws, simulateSampler } from "../../../src/doctor/forecast/simulate.ts";
import { toClassCounts } from "../../../src/doctor/labels/classCounts.ts";
import { drawWithoutReplacement } from "../../../src/doctor/odds/draw.ts";
import { expectedAnchorShare, expectedPairs } from "../../../src/doctor/odds/expectations.ts";
import { tallyLaw, pairTally } from "../../../src/doctor/odds/tally.ts";
import { classCounts, Random, UniformBatchSampler, type BatchSampler } from "../../../src/index.ts";
import { expectDraws } from "../../support/chiSquared.ts";
import { epochOf } from "../../support/samplerContract.ts";

describe("simulateSampler", () => {
  const counts = classCounts([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  const taker = new CensusTaker(counts.codes, counts.classes);

  it("looks at the next batches, over as many epochs as it takes, and leaves the sampler where it stood", () => {
    const sampler = new UniformBatchSampler(10, { batchSize: 5, seed: 3 });
    const twin = new UniformBatchSampler(10, { batchSize: 5, seed: 3 });
    sampler.epoch().next();
    twin.epoch().next();
    const next = [...epochOf(twin), ...epochOf(twin), ...epochOf(twin)];
    const state = sampler.state();
    const seen: number[] = [];
    const censuses = simulateSampler(sampler, taker, 4, (batch) => seen.push(batch));
    expect(sampler.state()).toEqual(state);
    expect(censuses).toEqual(next.slice(0, 4).map((rows) => taker.take(rows)));
    expect([...new Set(seen)]).toEqual([0, 1, 2, 3]);
    expect(epochOf(sampler)).toEqual(next.slice(0, 1));
  });

  it("passes over shorter batches, also where the sampler stands before one", () => {
    const sampler = new UniformBatchSampler(10, { batchSize: 4 });
    const before = sampler.epoch();
    before.next();
    before.next();
    const censuses = simulateSampler(sampler, taker, 7, () => undefined);
    expect(censuses).toHaveLength(7);
    expect(sampler.state()).toMatchObject({ epoch: 0, batch: 2 });
  });

  it("gives nothing where no batch is full, and ends", () => {
    const sampler = new UniformBatchSampler(10, { batchSize: 20 });
    expect(simulateSampler(sampler, taker, 5, () => undefined)).toEqual([]);
  });

  it("restores the sampler when a batch is none of the data's", () => {
    const sampler: BatchSampler = new UniformBatchSampler(50, { batchSize: 20 });
    expect(() => simulateSampler(sampler, taker, 5, () => undefined)).toThrow(RangeError);
    expect(sampler.state()).toMatchObject({ epoch: 0, batch: 0 });
  });
});

describe("simulateDraws", () => {
  it("draws pairs with the frequencies of the exact law", () => {
    const counts = toClassCounts([5, 4, 3, 3, 2, 1, 1]);
    const draw = drawWithoutReplacement(counts.samples, 6);
    const law = tallyLaw(counts, draw, pairTally, expectedPairs(counts, draw))!;
    const seen = new Float64Array(law.length);
    for (const { positivePairs } of simulateDraws(counts, 6, 4000, new Random(2))) seen[positivePairs / 2]++;
    expectDraws(
      seen,
      law.map((p) => (p < 1e-12 ? 0 : p)),
    );
  });

  it("counts as live what meets its class in the batch or in memory: as in a batch of both", () => {
    const counts = toClassCounts(new Array<number>(300).fill(4));
    const [batch, memory, trials] = [20, 180, 2000];
    const drawn = simulateDraws(counts, batch, trials, new Random(4), memory);
    const share = drawn.reduce((sum, { liveWithMemory }) => sum + liveWithMemory, 0) / (batch * trials);
    const expected = expectedAnchorShare(counts, drawWithoutReplacement(1200, batch + memory));
    expect(Math.abs(share - expected)).toBeLessThan(4.5 * Math.sqrt((expected * (1 - expected)) / (batch * trials)));
    for (const { liveAnchors, liveWithMemory } of drawn) expect(liveWithMemory).toBeGreaterThanOrEqual(liveAnchors);
  });

  it("agrees with the expectations in a million classes", { tags: ["long"] }, () => {
    const counts = toClassCounts(new Uint8Array(1e6).fill(10));
    const draw = drawWithoutReplacement(1e7, 4096);
    const trials = 100;
    const drawn = simulateDraws(counts, 4096, trials, new Random(8));
    const mean = drawn.reduce((sum, { positivePairs }) => sum + positivePairs, 0) / trials;
    const expected = 2 * expectedPairs(counts, draw);
    // pairs are nearly Poisson: 2 x a number whose variance is its mean
    expect(Math.abs(mean - expected)).toBeLessThan(4.5 * Math.sqrt((2 * expected) / trials));
  });
});

describe("distinctNumbers", () => {
  it("gives every order of every choice equally often", () => {
    const random = new Random(7);
    const seen = new Float64Array(60);
    for (let trial = 0; trial < 6000; trial++) {
      const [a, b, c] = distinctNumbers(3, 5, random);
      const second = b - (b > a ? 1 : 0);
      const rest = [0, 1, 2, 3, 4].filter((x) => x !== a && x !== b);
      seen[a * 12 + second * 3 + rest.indexOf(c)]++;
    }
    expectDraws(seen, new Float64Array(60).fill(1 / 60));
  });

  it("gives all of them, and none", () => {
    expect(distinctNumbers(9, 9, new Random(1)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(distinctNumbers(0, 9, new Random(1))).toEqual([]);
  });
});
