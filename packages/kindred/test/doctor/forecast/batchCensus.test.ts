import { describe, expect, it } from "vitest";
import { CensusTaker } from "../../../src/doctor/forecast/batchCensus.ts";
import { Random } from "../../../src/index.ts";

describe("CensusTaker", () => {
  it("counts what a plain look at all pairs of places counts, batch after batch, repeats included", () => {
    const random = new Random(1);
    const codes = Array.from({ length: 40 }, () => random.integer(12));
    const taker = new CensusTaker(codes, 12);
    for (let trial = 0; trial < 200; trial++) {
      const rows = Array.from({ length: 1 + random.integer(20) }, () => random.integer(40));
      const isPositive = (i: number, j: number): boolean => rows[i] !== rows[j] && codes[rows[i]] === codes[rows[j]];
      const places = rows.map((_, i) => i);
      const seen = new Map<number, { places: number; live: number }>();
      const census = taker.take(rows, (code, taken, live) => seen.set(code, { places: taken, live }));
      expect(census).toEqual({
        positivePairs: places.flatMap((i) => places.filter((j) => isPositive(i, j))).length,
        liveAnchors: places.filter((i) => places.some((j) => isPositive(i, j))).length,
        classes: new Set(rows.map((row) => codes[row])).size,
      });
      for (const [code, counted] of seen) {
        const own = places.filter((i) => codes[rows[i]] === code);
        const live = own.filter((i) => places.some((j) => isPositive(i, j)));
        expect(counted).toEqual({ places: own.length, live: live.length });
      }
      expect(seen.size).toBe(census.classes);
    }
  });

  it("says that a sample twice is not its own positive, but each of its places has the other sample", () => {
    const taker = new CensusTaker([0, 0, 1], 2);
    expect(taker.take([2, 2, 2])).toEqual({ positivePairs: 0, liveAnchors: 0, classes: 1 });
    expect(taker.take([0, 0, 1])).toEqual({ positivePairs: 4, liveAnchors: 3, classes: 1 });
    expect(taker.take([])).toEqual({ positivePairs: 0, liveAnchors: 0, classes: 0 });
  });

  it("refuses rows that are not the data's", () => {
    const taker = new CensusTaker([0, 0, 1], 2);
    expect(() => taker.take([0, 3])).toThrow(/a batch holds row 3 of 3 samples; give a sampler over the same data/);
    expect(() => taker.take([0, -1])).toThrow(RangeError);
    expect(taker.take([0, 1])).toEqual({ positivePairs: 2, liveAnchors: 2, classes: 1 });
  });
});
