import { describe, expect, it } from "vitest";
import { CensusTaker, type BatchCensus } from "../../../src/doctor/forecast/batchCensus.ts";
import { simulateSampler } from "../../../src/doctor/forecast/simulate.ts";
import { simulateMPerClass } from "../../../src/doctor/forecast/simulateMPerClass.ts";
import { toClassCounts } from "../../../src/doctor/labels/classCounts.ts";
import { classCounts, MPerClassSampler, Random } from "../../../src/index.ts";
import { codesOfSizes } from "../../support/allBatches.ts";

const TRIALS = 3000;

describe("simulateMPerClass", () => {
  it.each<[string, number[], number, number]>([
    ["equal classes", new Array<number>(20).fill(6), 3, 12],
    ["classes smaller than m", [1, 1, 1, 2, 2, 3, 3, 4, 5, 9, 9, 9], 4, 16],
    ["one large class among small ones", [200, 1, 2, 2, 3, 3, 3, 4, 5, 6], 4, 16],
    ["fewer classes than groups", [30, 5, 2], 4, 24],
    ["one class", [50], 4, 12],
    ["m that does not divide the batch", [9, 8, 7, 3, 2, 2, 1, 1], 3, 11],
    ["a rest larger than the number of groups", [12, 6, 2, 2, 1], 4, 7],
    ["m 1", [9, 9, 4, 4, 1, 1], 1, 5],
    ["a batch that is all data", [3, 2, 2, 1], 2, 8],
  ])("deals as the sampler does: %s", (_, sizes, m, batchSize) => {
    const counts = classCounts(codesOfSizes(sizes));
    const groupOf = (size: number): number => counts.sizes.indexOf(size);
    const tally = () => Array.from(counts.sizes, () => ({ places: 0, live: 0 }));
    const [bySampler, byDeal] = [tally(), tally()];
    const sampler = new MPerClassSampler(codesOfSizes(sizes), { m, batchSize, seed: 5 });
    const sampled = simulateSampler(
      sampler,
      new CensusTaker(counts.codes, counts.classes),
      TRIALS,
      (_, c, places, live) => {
        bySampler[groupOf(sizes[c])].places += places;
        bySampler[groupOf(sizes[c])].live += live;
      },
    );
    const ascending = [...sizes].sort((a, b) => a - b);
    const options = { m, batchSize, trials: TRIALS, random: new Random(6) };
    const dealt = simulateMPerClass(toClassCounts(sizes), options, (_, c, places, live) => {
      byDeal[groupOf(ascending[c])].places += places;
      byDeal[groupOf(ascending[c])].live += live;
    });
    expect(dealt).toHaveLength(TRIALS);
    for (const name of ["positivePairs", "liveAnchors", "classes"] as const) {
      const [a, b] = [moments(sampled, name), moments(dealt, name)];
      expect(Math.abs(a.mean - b.mean), name).toBeLessThanOrEqual(4.5 * Math.hypot(a.error, b.error));
      expect(Math.abs(a.deviation - b.deviation), name).toBeLessThanOrEqual(0.1 * a.deviation);
    }
    const places = batchSize * TRIALS;
    bySampler.forEach((group, g) => {
      // a class takes some of the m places together: the error of a share is at most m times that of single places
      const share = group.places / places;
      const error = m * Math.sqrt((2 * share * (1 - share)) / places);
      expect(Math.abs(share - byDeal[g].places / places), `places of size ${counts.sizes[g]}`).toBeLessThanOrEqual(
        4.5 * error,
      );
      expect(Math.abs(group.live - byDeal[g].live) / places, `live of size ${counts.sizes[g]}`).toBeLessThanOrEqual(
        4.5 * error + 1e-3,
      );
    });
  });

  it("numbers the batches from 0, and tells each class of a batch once", () => {
    const seen = new Map<number, number[]>();
    simulateMPerClass(
      toClassCounts([5, 5, 5, 5]),
      { m: 2, batchSize: 4, trials: 50, random: new Random(1) },
      (batch, c, places) => {
        expect(places).toBe(2);
        seen.set(batch, [...(seen.get(batch) ?? []), c]);
      },
    );
    expect([...seen.keys()]).toEqual(Array.from({ length: 50 }, (_, k) => k));
    for (const classes of seen.values()) expect(new Set(classes).size).toBe(2);
  });
});

function moments(censuses: readonly BatchCensus[], name: keyof BatchCensus) {
  const mean = censuses.reduce((sum, census) => sum + census[name], 0) / censuses.length;
  const square = censuses.reduce((sum, census) => sum + (census[name] - mean) ** 2, 0) / censuses.length;
  return { mean, deviation: Math.sqrt(square), error: Math.sqrt(square / censuses.length) };
}
