import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { borrow, heap, kernels } from "../../../src/kernels/runtime.ts";
import { put } from "../../support/kernelMemory.ts";

describe("exceeding", () => {
  const select = (values: Float32Array, thresholds: Float32Array, threshold: number): number[] =>
    borrow((workspace) => {
      const count = values.length;
      const [p, bars] = [put(workspace, values).pointer, put(workspace, thresholds).pointer];
      const out = put(workspace, new Float32Array(count));
      const found = kernels.exceeding(p, bars, count, threshold, out.pointer);
      out.values();
      return Array.from(new Int32Array(heap().buffer, out.pointer, found));
    });

  it("names the places above either threshold, ascending, for runs of 0 to 70", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70 }), fc.nat(1e6), (count, seed) => {
        const random = new Random(seed);
        // few distinct values, so that ties with a threshold happen
        const level = (): number => random.integer(5) / 4;
        const [values, bars] = [
          Float32Array.from({ length: count }, level),
          Float32Array.from({ length: count }, level),
        ];
        const threshold = level();
        const expected = Array.from(values.keys()).filter((k) => values[k] > threshold || values[k] > bars[k]);
        expect(select(values, bars, threshold)).toEqual(expected);
      }),
      { numRuns: 150, seed: 8 },
    );
  });

  it("takes infinite thresholds: nothing is above Infinity, all but -Infinity is above -Infinity", () => {
    const values = Float32Array.of(1, -Infinity, 3e38, 0, -3e38);
    const bars = new Float32Array(5).fill(Infinity);
    expect(select(values, bars, Infinity)).toEqual([]);
    expect(select(values, bars, -Infinity)).toEqual([0, 2, 3, 4]);
  });
});
