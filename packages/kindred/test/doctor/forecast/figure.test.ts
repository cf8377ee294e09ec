import { describe, expect, it } from "vitest";
import { exact, ShareByBatch, shareOf, spreadOf, spreadOfDistribution } from "../../../src/doctor/forecast/figure.ts";
import { Random } from "../../../src/index.ts";

describe("shareOf", () => {
  it("has the error of a share, and is never certain", () => {
    expect(shareOf(300, 1000).standardError).toBeCloseTo(Math.sqrt((0.3 * 0.7) / 1000), 4);
    for (const hits of [0, 1000]) {
      const { value, standardError, method } = shareOf(hits, 1000);
      expect([value, method]).toEqual([hits / 1000, "simulated"]);
      // the rule of three bounds the chance by 3/n at 95 %
      expect(standardError).toBeGreaterThan(0.0005);
      expect(standardError).toBeLessThan(0.0015);
    }
  });
});

describe("ShareByBatch", () => {
  it("has the spread of its own estimates as its error, where places of a batch are alike", () => {
    const random = new Random(4);
    const estimates = Array.from({ length: 400 }, () => {
      const share = new ShareByBatch();
      for (let batch = 0; batch < 100; batch++) {
        // all places of a batch are hits, or none; how many there are varies, and some batches have none
        const isHit = random.uniform() < 0.3;
        for (let visit = random.integer(4); visit > 0; visit--) share.add(batch, isHit ? 5 : 0, 5);
      }
      return { places: share.ofPlaces(), all: share.ofAll(100, 40) };
    });
    for (const kind of ["places", "all"] as const) {
      const values = estimates.map((estimate) => estimate[kind].value);
      const errors = estimates.map((estimate) => estimate[kind].standardError);
      const mean = (xs: number[]): number => xs.reduce((a, b) => a + b) / xs.length;
      const deviation = Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));
      // 400 estimates tell a deviation within 1/sqrt(800) = 3.5 %
      expect(mean(errors) / deviation).toBeGreaterThan(0.86);
      expect(mean(errors) / deviation).toBeLessThan(1.14);
      // 0.3 of the places; 7.5 places of 40 a batch, 0.3 of them hits
      const expected = kind === "places" ? 0.3 : (0.3 * 7.5) / 40;
      expect(Math.abs(mean(values) - expected)).toBeLessThan(4 * (deviation / 20) + 0.002);
    }
  });

  it("is not certain of what it has always seen, and knows nothing of what it has not", () => {
    const share = new ShareByBatch();
    expect(share.ofPlaces()).toEqual({ value: 0, method: "simulated", standardError: 1 });
    for (let batch = 0; batch < 50; batch++) share.add(batch, 8, 8);
    expect(share.ofPlaces()).toEqual(shareOf(50, 50));
  });
});

describe("spreadOf", () => {
  const values = Float64Array.from({ length: 101 }, (_, k) => (k * 37) % 101);

  it("gives mean, deviation and the smallest values that enough values do not exceed", () => {
    const spread = spreadOf(values);
    expect(spread.mean.value).toBe(50);
    expect(spread.mean.standardError).toBeCloseTo(spread.standardDeviation.value / Math.sqrt(101), 12);
    expect(spread.standardDeviation.value).toBeCloseTo(Math.sqrt((101 * 101 - 1) / 12) * Math.sqrt(101 / 100), 10);
    for (const [share, q] of [
      [0.05, spread.quantiles.p5],
      [0.25, spread.quantiles.p25],
      [0.5, spread.quantiles.p50],
      [0.75, spread.quantiles.p75],
      [0.95, spread.quantiles.p95],
    ]) {
      expect(values.filter((x) => x <= q).length).toBeGreaterThanOrEqual(share * 101);
      expect(values.filter((x) => x < q).length).toBeLessThan(share * 101);
    }
  });

  it("has the error that estimates of the deviation have", () => {
    const random = new Random(9);
    const spreads = Array.from({ length: 300 }, () =>
      spreadOf(Float64Array.from({ length: 200 }, () => random.normal() ** 2)),
    );
    const deviations = spreads.map(({ standardDeviation }) => standardDeviation.value);
    const mean = deviations.reduce((a, b) => a + b) / 300;
    const scatter = Math.sqrt(deviations.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 299);
    const told = spreads.reduce((sum, { standardDeviation }) => sum + standardDeviation.standardError, 0) / 300;
    expect(told / scatter).toBeGreaterThan(0.75);
    expect(told / scatter).toBeLessThan(1.25);
  });

  it("takes what is known exactly, and is certain where nothing varies", () => {
    const spread = spreadOf(values, 49.5, 30);
    expect([spread.mean, spread.standardDeviation, spread.method]).toEqual([exact(49.5), exact(30), "simulated"]);
    expect(spreadOf(new Float64Array(9).fill(4)).standardDeviation).toMatchObject({ value: 0, standardError: 0 });
    expect(spreadOf(Float64Array.of(3)).mean.value).toBe(3);
  });
});

describe("spreadOfDistribution", () => {
  it("is that of the probabilities, a unit apart", () => {
    const spread = spreadOfDistribution(Float64Array.of(0.5, 0.25, 0, 0.2, 0.05), 2, 2.1);
    // mean 2 (0.25 + 0.6 + 0.2) = 2.1; square 4 (0.25 + 1.8 + 0.8) = 11.4
    expect(spread.mean).toEqual(exact(2.1));
    expect(spread.standardDeviation.value).toBeCloseTo(Math.sqrt(11.4 - 2.1 ** 2), 12);
    expect(spread.quantiles).toEqual({ p5: 0, p25: 0, p50: 0, p75: 2, p95: 6 });
    expect(spread.method).toBe("exact");
  });
});
