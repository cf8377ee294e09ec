import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { borrow, kernels } from "../../../src/kernels/runtime.ts";
import { put } from "../../support/kernelMemory.ts";

const f = Math.fround;

/** Runs of 0 to 70 floats of few distinct values, so that entries exactly at the threshold happen. */
function onRuns(
  check: (x: Float32Array, threshold: number, run: (work: (pointer: number) => unknown) => Float32Array) => void,
) {
  const shapes = fc.record({
    count: fc.integer({ min: 0, max: 70 }),
    offset: fc.integer({ min: 0, max: 3 }),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(shapes, ({ count, offset, seed }) => {
      const random = new Random(seed);
      const x = Float32Array.from({ length: count }, () =>
        random.integer(2) === 0 ? random.integer(5) / 4 : random.normal(),
      );
      check(x, random.integer(5) / 4, (work) =>
        borrow((workspace) => {
          const { pointer, values } = put(workspace, x, offset);
          work(pointer);
          return values();
        }),
      );
    }),
    { numRuns: 100, seed: 9 },
  );
}

describe("what lies on the wrong side of a margin", () => {
  it("hinge keeps by how much, on either side, and 0 of the rest", () =>
    onRuns((x, margin, run) => {
      for (const sign of [1, -1])
        expect(run((p) => kernels.hinge(p, x.length, sign, margin))).toEqual(
          x.map((v) => Math.max(0, f(sign * f(v - margin)))),
        );
    }));

  it("countAbove counts entries above the threshold and changes none", () =>
    onRuns((x, threshold, run) => {
      const after = run((p) =>
        expect(kernels.countAbove(p, x.length, threshold)).toBe(x.filter((v) => v > threshold).length),
      );
      expect(after).toEqual(x);
    }));

  it("step writes the value above the threshold and 0 elsewhere", () =>
    onRuns((x, threshold, run) => {
      const value = f(-0.3);
      expect(run((p) => kernels.step(p, x.length, threshold, value))).toEqual(
        x.map((v) => (v > threshold ? value : 0)),
      );
    }));
});
