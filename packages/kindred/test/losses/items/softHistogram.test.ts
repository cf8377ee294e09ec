import { describe, expect, it } from "vitest";
import { Places } from "../../../src/kernels/places.ts";
import { Run } from "../../../src/kernels/run.ts";
import { borrow } from "../../../src/kernels/runtime.ts";
import { SoftHistogram } from "../../../src/losses/items/softHistogram.ts";

describe("SoftHistogram", () => {
  it("counts a value at the two edges around it, by its closeness", () => {
    const histogram = new SoftHistogram({ start: -1, width: 0.5, bins: 4 });
    histogram.add(0.125);
    histogram.add(-0.5);
    expect([...histogram.counts]).toEqual([0, 1, 0.75, 0.25, 0]);
  });

  it("counts what rounding left just outside at the outermost edges", () => {
    const histogram = new SoftHistogram({ start: -1, width: 0.5, bins: 4 });
    histogram.add(1 + 1e-7);
    histogram.add(1);
    histogram.add(-1 - 1e-7);
    expect([...histogram.counts]).toEqual([1, 0, 0, 0, 2]);
  });

  it("says how many values it has counted, and starts anew with those at some places", () => {
    const histogram = new SoftHistogram({ start: 0, width: 1, bins: 3 });
    histogram.add(0.5);
    histogram.add(2);
    expect(histogram.size).toBe(2);
    borrow((workspace) => {
      const row = Run.of(workspace, 4);
      row.view().set([1, 7, 2.5, 3]);
      const places = new Places();
      places.set(row, 0, 4, 1, 2);
      histogram.recount(places, new Float64Array(4));
    });
    expect([histogram.size, ...histogram.counts]).toEqual([3, 0, 1, 0.5, 1.5]);
  });

  it("has the slope of the bin that a value lies in, at an edge of the bin above, at the last edge of the last", () => {
    const histogram = new SoftHistogram({ start: 0, width: 2, bins: 3 });
    histogram.slopes.set([1, 2, 4, 8]);
    expect([1, 2, 3, 6, 6.001, -0.001].map((value) => histogram.slope(value))).toEqual([0.5, 1, 1, 2, 2, 0.5]);
    expect([0, 1, 2, 6, 7].map((value) => histogram.isAtEdge(value))).toEqual([true, false, true, true, true]);
  });
});
