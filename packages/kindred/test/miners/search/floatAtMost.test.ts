import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatAtMost } from "../../../src/miners/search/floatAtMost.ts";

describe("floatAtMost", () => {
  it("is a 32-bit float at most x that no 32-bit float stands between", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.float({ noNaN: true }), (x, v) => {
        const bound = floatAtMost(x);
        expect(Math.fround(bound)).toBe(bound);
        expect(bound <= x).toBe(true);
        expect(v <= bound).toBe(v <= x);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("tells neighbours apart: one below, one at and one above every float", () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-3e38), max: Math.fround(3e38) }),
        (v) => {
          const step = Math.max(Math.abs(v) * 2 ** -40, 2 ** -170);
          expect(floatAtMost(v)).toBe(v);
          expect(floatAtMost(v + step) === v).toBe(true);
          expect(floatAtMost(v - step) < v).toBe(true);
        },
      ),
      { numRuns: 2000, seed: 2 },
    );
  });

  it("goes to the ends of the range", () => {
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect([Infinity, 1e39, -1e39, -Infinity, 0].map(floatAtMost)).toEqual([
      Infinity,
      largest,
      -Infinity,
      -Infinity,
      0,
    ]);
    expect(floatAtMost(-1e-60)).toBe(-(2 ** -149));
    expect(floatAtMost(1e-60)).toBe(0);
  });
});
