import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TripletHinge } from "../../../src/losses/counting/tripletHinge.ts";
import type { Counting, Counts } from "../../../src/reducers/reduction.ts";

interface Counted extends Counts {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What is counted of every triplet by itself, and the slopes of the weighted sum of those that count. */
function everyTriplet(x: readonly number[], y: readonly number[], { low, high, weight }: Counting): Counted {
  const slopes = { x: x.map(() => 0), y: y.map(() => 0) };
  const counts = { items: x.length * y.length, active: 0, counted: 0, total: 0 };
  x.forEach((near, p) => {
    y.forEach((far, n) => {
      const violation = near - far;
      if (violation > 0) counts.active++;
      if (violation <= Math.max(low, 0) || violation >= high) return;
      counts.counted++;
      counts.total += violation;
      slopes.x[p] += weight;
      slopes.y[n] -= weight;
    });
  });
  return { ...counts, ...slopes };
}

function counted(x: readonly number[], y: readonly number[], counting: Counting): Counted {
  const [near, far] = [Float64Array.from(x), Float64Array.from(y)];
  const counts = new TripletHinge(16).all(near, far, counting);
  // -0 is 0
  return { ...counts, x: Array.from(near, (slope) => slope + 0), y: Array.from(far, (slope) => slope + 0) };
}

const values = fc.array(
  fc.integer({ min: -6, max: 6 }).map((k) => k / 4),
  { maxLength: 9 },
);
const bounds = fc.constantFrom(
  { low: -Infinity, high: Infinity },
  { low: 0, high: Infinity },
  { low: 0.25, high: 1.5 },
  { low: -Infinity, high: 0.75 },
  { low: 1, high: 0.5 },
);

describe("TripletHinge", () => {
  it("counts what every triplet by itself gives, whichever side is the longer, with ties and under any bounds", () => {
    fc.assert(
      fc.property(values, values, bounds, fc.constantFrom(1, 0.5, 0), (x, y, { low, high }, weight) => {
        const counting = { low, high, weight };
        expect(counted(x, y, counting)).toEqual(everyTriplet(x, y, counting));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it("takes a negative that is infinitely far for one that costs nothing", () => {
    const counting = { low: 0, high: Infinity, weight: 1 };
    for (const [x, y] of [
      [[1], [Infinity, 0.5]],
      [
        [1, 2, 0],
        [Infinity, 0.5],
      ],
    ])
      expect(counted(x, y, counting)).toEqual(everyTriplet(x, y, counting));
  });
});
