import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  classCounts,
  forecastBatches,
  MPerClassSampler,
  Random,
  SupConLoss,
  UniformBatchSampler,
  type BatchForecast,
  type BatchSampler,
  type Figure,
  type ForecastOptions,
} from "../../../src/index.ts";
import {
  codesOfSizes,
  allSmallCases,
  liveOf,
  pairsOf,
  placesOf,
  shareOfBatches,
  type Batch,
} from "../../support/allBatches.ts";

describe("forecastBatches", () => {
  it("is what all batches hold, for all small class sizes, with and without replacement", { tags: ["long"] }, () => {
    for (const { sizes, n, withReplacement, batches } of allSmallCases()) {
      const title = `${String(sizes)}, n ${n}, ${withReplacement ? "with" : "without"} replacement`;
      const sampler = withReplacement ? "with-replacement" : "random";
      const forecast = forecastBatches(sizes, { batchSize: n, sampler });
      const mean = (of: (batch: Batch) => number): number =>
        batches.reduce((sum, batch) => sum + of(batch), 0) / batches.length;
      const noPositive = (batch: Batch): boolean => pairsOf(batch) === 0;
      const oneClass = (batch: Batch): boolean => new Set(batch).size === 1;
      const expectExact = ({ value, method, standardError }: Figure, expected: number): void => {
        expect(value, title).toBeCloseTo(expected, 10);
        expect([method, standardError]).toEqual(["exact", 0]);
      };
      expectExact(forecast.noPositivePair, shareOfBatches(batches, noPositive));
      expectExact(forecast.noNegativePair, shareOfBatches(batches, oneClass));
      expectExact(
        forecast.silent,
        shareOfBatches(batches, (batch) => noPositive(batch) || oneClass(batch)),
      );
      expectExact(forecast.liveShare, mean(liveOf) / n);
      for (const [spread, of] of [
        [forecast.positivePairs, (batch: Batch) => 2 * pairsOf(batch)],
        [forecast.liveAnchors, liveOf],
      ] as const) {
        expectExact(spread.mean, mean(of));
        expect(spread.standardDeviation.value ** 2, title).toBeCloseTo(
          mean((batch) => (of(batch) - mean(of)) ** 2),
          9,
        );
        const ordered = batches.map(of).sort((a, b) => a - b);
        const at = (share: number): number => ordered[Math.max(0, Math.ceil(share * ordered.length - 1e-9) - 1)];
        const quantiles = { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
        expect(spread.quantiles, title).toEqual(quantiles);
      }
      for (const { size, classes, liveShare, pairChance } of forecast.bySize) {
        const own = sizes.flatMap((other, c) => (other === size ? [c] : []));
        expect(classes).toBe(own.length);
        const places = (batch: Batch): number => placesOf(batch, sizes.length)[own[0]];
        const live = (batch: Batch): number => (places(batch) > 1 ? places(batch) : 0);
        expectExact(liveShare, mean(live) / mean(places));
        expectExact(
          pairChance,
          shareOfBatches(batches, (batch) => places(batch) > 1),
        );
      }
    }
  });

  it.each<[string, number[], Partial<ForecastOptions>]>([
    ["random batches of unequal classes", [90, 40, 40, 12, 7, 7, 3, 2, 2, 1, 1, 1], { batchSize: 5 }],
    ["random batches of many classes", Array.from({ length: 300 }, (_, c) => 1 + (c % 7)), { batchSize: 40 }],
    [
      "batches with replacement",
      Array.from({ length: 200 }, (_, c) => 1 + (c % 5)),
      { batchSize: 24, sampler: "with-replacement" },
    ],
  ])("agrees with seeded simulation within 4.5 standard errors: %s", (_, sizes, options) => {
    const forecast = forecastBatches(sizes, options);
    const codes = codesOfSizes(sizes);
    const random = new Random(12);
    const [trials, n] = [4000, options.batchSize!];
    const batches = Array.from({ length: trials }, () => {
      if (options.sampler === "with-replacement")
        return Array.from({ length: n }, () => codes[random.integer(codes.length)]);
      return Array.from(random.shuffle(Int32Array.from(codes)).subarray(0, n));
    });
    const check = (expected: number, of: (batch: Batch) => number, title: string): void => {
      const values = batches.map(of);
      const mean = values.reduce((a, b) => a + b) / trials;
      const error = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / trials / trials);
      expect(Math.abs(mean - expected), title).toBeLessThanOrEqual(4.5 * error + 1e-12);
    };
    const { positivePairs, liveAnchors } = forecast;
    check(forecast.noPositivePair.value, (batch) => (pairsOf(batch) === 0 ? 1 : 0), "no pair");
    check(positivePairs.mean.value, (batch) => 2 * pairsOf(batch), "pairs");
    check(
      positivePairs.standardDeviation.value ** 2,
      (batch) => (2 * pairsOf(batch) - positivePairs.mean.value) ** 2,
      "variance of pairs",
    );
    check(liveAnchors.mean.value, liveOf, "anchors");
    check(
      liveAnchors.standardDeviation.value ** 2,
      (batch) => (liveOf(batch) - liveAnchors.mean.value) ** 2,
      "variance of anchors",
    );
  });

  it("gives the mean exactly and says so where quantiles are simulated", { tags: ["long"] }, () => {
    const sizes = Array.from({ length: 3000 }, (_, k) => 10 * k + 1);
    const forecast = forecastBatches(sizes, { batchSize: 2000, trials: 100 });
    expect(forecast.positivePairs.method).toBe("simulated");
    expect(forecast.positivePairs.mean).toMatchObject({ method: "exact", standardError: 0 });
    expect(forecast.positivePairs.standardDeviation.method).toBe("exact");
    const { quantiles, mean, standardDeviation } = forecast.positivePairs;
    const error = (1.2533 * standardDeviation.value) / 10;
    expect(Math.abs(quantiles.p50 - mean.value)).toBeLessThan(4.5 * error);
    expect(forecastBatches(sizes, { batchSize: 2000, trials: 100 })).toEqual(forecast);
    expect(forecastBatches(sizes, { batchSize: 2000, trials: 100, seed: 1 })).not.toEqual(forecast);
  });

  it("knows what a batch of all data, of one sample, of one class and of singletons holds", () => {
    const all = forecastBatches([3, 2, 1], { batchSize: 6 });
    expect(all.positivePairs.quantiles).toEqual({ p5: 8, p25: 8, p50: 8, p75: 8, p95: 8 });
    expect(all.positivePairs.standardDeviation.value).toBeCloseTo(0, 6);
    expect(all.liveAnchors.mean.value).toBeCloseTo(5, 12);
    expect(all.silent.value).toBe(0);
    all.bySize.forEach(({ size, pairChance }) => expect(pairChance.value).toBeCloseTo(size > 1 ? 1 : 0, 12));

    const single = forecastBatches([3, 2, 1], { batchSize: 1 });
    expect(single.silent.value).toBe(1);
    expect(single.liveAnchors.quantiles.p95).toBe(0);

    const oneClass = forecastBatches([1000], { batchSize: 32 });
    expect(oneClass.noNegativePair.value).toBeCloseTo(1, 12);
    expect(oneClass.noPositivePair.value).toBe(0);
    expect(oneClass.silent.value).toBeCloseTo(1, 12);
    expect(forecastBatches([1000], { batchSize: 32, loss: { positives: true, negatives: false } }).silent.value).toBe(
      0,
    );

    const singletons = forecastBatches(new Uint8Array(500).fill(1), { batchSize: 32 });
    expect(singletons.silent.value).toBeCloseTo(1, 11);
    expect(singletons.liveAnchors.mean.value).toBe(0);
    expect(singletons.neverPositive).toEqual({ classes: 500, samples: 500, examples: [] });
  });

  it("asks the loss what it needs", () => {
    const sizes = [3, 3, 2];
    const of = (loss: ForecastOptions["loss"]): number => forecastBatches(sizes, { batchSize: 2, loss }).silent.value;
    expect(of(new SupConLoss())).toBe(of(new SupConLoss().needs));
    expect(of({ positives: false, negatives: false })).toBe(0);
    expect(of(new ArcFaceLoss({ numClasses: 3, embeddingSize: 4 }))).toBe(0);
    const [positives, negatives] = [
      of({ positives: true, negatives: false }),
      of({ positives: false, negatives: true }),
    ];
    // 7 pairs of 28 are of one class
    expect([positives, negatives]).toEqual([expect.closeTo(21 / 28, 12), expect.closeTo(7 / 28, 12)]);
    expect(of({ positives: true, negatives: true })).toBeCloseTo(1, 12);
  });

  it("names the classes that never get a positive, twenty at the most", () => {
    const labels = [...Array.from({ length: 30 }, (_, k) => `alone ${k}`), "pair", "pair"];
    const { neverPositive } = forecastBatches(classCounts(labels), { batchSize: 4 });
    expect(neverPositive).toEqual({ classes: 30, samples: 30, examples: labels.slice(0, 20) });
  });

  it.each<[string, number, number]>([
    ["its own count of trials", 1000, 1],
    ["few trials", 60, 3],
  ])("forecasts m per class as the sampler itself, with %s", (_, trials, seed) => {
    const sizes = Array.from({ length: 40 }, (_, c) => 1 + (c % 9));
    const counts = classCounts(codesOfSizes(sizes));
    const byName = forecastBatches(counts, { batchSize: 30, sampler: "m-per-class", m: 4, trials, seed });
    const sampler = new MPerClassSampler(codesOfSizes(sizes), { m: 4, batchSize: 30, seed: 9 });
    const byObject = forecastBatches(counts, { sampler, trials: 4000 });
    expect(byName).toMatchObject({ sampler: "m-per-class (m 4)", batchSize: 30, samples: counts.samples, classes: 40 });
    expect(byObject).toMatchObject({ sampler: "MPerClassSampler", batchSize: 30 });
    expectAgreement(byName, byObject, 4.5);
  });

  it("forecasts any sampler from its batches and leaves it as it was", () => {
    const codes = codesOfSizes([9, 9, 8, 5, 5, 4, 2, 2, 2, 1, 1, 1]);
    const sampler = new UniformBatchSampler(codes.length, { batchSize: 6, seed: 2 });
    sampler.epoch().next();
    const state = sampler.state();
    const bySampler = forecastBatches(classCounts(codes), { sampler, trials: 3000 });
    expect(sampler.state()).toEqual(state);
    expect(bySampler.silent.method).toBe("simulated");
    expect(bySampler.liveAnchors.method).toBe("simulated");
    expectAgreement(bySampler, forecastBatches(classCounts(codes), { batchSize: 6 }), 4.5);
  });

  it("tells errors that are neither too small nor too large", () => {
    const codes = codesOfSizes(Array.from({ length: 30 }, (_, c) => 1 + (c % 4)));
    const counts = classCounts(codes);
    const exact = forecastBatches(counts, { batchSize: 8 });
    // squared deviations in units of the told error are 1 on average; with 100 seeds within 4.5 sqrt(2/100)
    const figures = (forecast: BatchForecast): Figure[] => [
      forecast.noPositivePair,
      forecast.positivePairs.mean,
      forecast.positivePairs.standardDeviation,
      forecast.liveShare,
      ...forecast.bySize.slice(1).flatMap(({ liveShare, pairChance }) => [liveShare, pairChance]),
    ];
    const squares = figures(exact).map(() => 0);
    for (let seed = 0; seed < 100; seed++) {
      // batches of one epoch are drawn without replacement, so a sampler of few of them would err less than independent ones
      const sampler = new IndependentBatches(codes.length, 8, seed);
      figures(forecastBatches(counts, { sampler, trials: 150 })).forEach(({ value, standardError }, k) => {
        squares[k] += ((value - figures(exact)[k].value) / standardError) ** 2 / 100;
      });
    }
    for (const square of squares) {
      expect(square).toBeGreaterThan(0.36);
      expect(square).toBeLessThan(1.64);
    }
  });

  it.each<[string, unknown, object, RegExp]>([
    ["a batch larger than the data", [3, 2], { batchSize: 6 }, /batchSize is 6 for 5 samples; give a smaller batch/],
    ["the same for m per class", [3, 2], { batchSize: 6, sampler: "m-per-class" }, /batchSize is 6 for 5 samples/],
    ["m larger than the batch", [9, 9], { batchSize: 3, sampler: "m-per-class" }, /m is 4 and batchSize 3/],
    ["an empty batch", [3, 2], { batchSize: 0 }, /batchSize is 0/],
    ["half a sample", [3, 2], { batchSize: 2.5 }, /batchSize is 2.5/],
    [
      "an unknown sampler",
      [3, 2],
      { batchSize: 2, sampler: "fair" },
      /sampler is "fair"; give random, with-replacement/,
    ],
    ["a sampler that is none", [3, 2], { sampler: {} }, /sampler is an object of type Object; give random/],
    ["no sampler", [3, 2], { sampler: null }, /sampler is null/],
    ["a sampler for class sizes", [30, 20], { sampler: new UniformBatchSampler(50) }, /draws samples, not classes/],
    ["no trials", [3, 2], { batchSize: 2, trials: 0 }, /trials is 0/],
    ["a loss that is none", [3, 2], { batchSize: 2, loss: "SupConLoss" }, /loss is "SupConLoss"; give a loss, or/],
    ["an unknown option", [3, 2], { batchsize: 2 }, /no option "batchsize"; did you mean "batchSize"/],
    ["no classes", [], {}, /counts is empty/],
    ["a class of no samples", [2, 0], {}, /counts\[1\] is 0/],
  ])("refuses %s", (_, counts, options, sentence) => {
    expect(() => forecastBatches(counts as number[], options)).toThrow(sentence);
  });

  it("refuses a sampler over other data, or of no full batch", () => {
    const counts = classCounts([0, 0, 1, 1]);
    expect(() => forecastBatches(counts, { sampler: new UniformBatchSampler(40, { batchSize: 20 }) })).toThrow(
      /of 4 samples; give a sampler over the same data/,
    );
    expect(() => forecastBatches(counts, { sampler: new UniformBatchSampler(4, { batchSize: 9 }) })).toThrow(
      /UniformBatchSampler gives no batch of 9 samples; give a smaller batch size/,
    );
  });

  it("lets a batch with replacement be larger than the data", () => {
    expect(forecastBatches([1, 1], { batchSize: 3, sampler: "with-replacement" }).noPositivePair.value).toBe(0);
  });
});

/** Every figure of one within so many standard errors of the other's. */
function expectAgreement(a: BatchForecast, b: BatchForecast, errors: number): void {
  const check = (x: Figure, y: Figure, title: string): void =>
    expect(Math.abs(x.value - y.value), title).toBeLessThanOrEqual(
      errors * Math.hypot(x.standardError, y.standardError) + 1e-12,
    );
  for (const name of ["silent", "noPositivePair", "noNegativePair", "liveShare"] as const)
    check(a[name], b[name], name);
  for (const name of ["positivePairs", "liveAnchors"] as const) {
    check(a[name].mean, b[name].mean, name);
    check(a[name].standardDeviation, b[name].standardDeviation, `${name}, deviation`);
  }
  a.bySize.forEach((of, g) => {
    expect([of.size, of.classes]).toEqual([b.bySize[g].size, b.bySize[g].classes]);
    check(of.liveShare, b.bySize[g].liveShare, `live share of size ${of.size}`);
    check(of.pairChance, b.bySize[g].pairChance, `pair chance of size ${of.size}`);
  });
}

/** Every batch drawn from all samples, without a thought of the last one. */
class IndependentBatches implements BatchSampler {
  readonly name = "IndependentBatches";
  readonly batchesPerEpoch = 1;
  readonly batchSize: number;
  readonly #samples: number;
  #random: Random;

  constructor(samples: number, batchSize: number, seed: number) {
    this.#samples = samples;
    this.batchSize = batchSize;
    this.#random = new Random(seed);
  }

  *epoch(): IterableIterator<Int32Array> {
    yield this.#random.shuffle(Int32Array.from({ length: this.#samples }, (_, i) => i)).slice(0, this.batchSize);
  }

  state() {
    return { random: this.#random.state() };
  }

  load(state: ReturnType<BatchSampler["state"]>): void {
    this.#random = Random.restore(state["random"] as readonly number[]);
  }
}
