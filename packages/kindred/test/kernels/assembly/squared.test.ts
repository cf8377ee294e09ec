import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { borrow, floatsAt, kernels } from "../../../src/kernels/runtime.ts";
import { put } from "../../support/kernelMemory.ts";

const CLOSENESS = 2 ** -7;

interface Row {
  readonly d: number;
  readonly x: Float32Array;
  readonly ys: Float32Array[];
}

/** A row and others, some equal to it, some so close that the digits of a product cancel. */
function rowOf(count: number, d: number, seed: number): Row {
  const random = new Random(seed);
  const x = Float32Array.from({ length: d }, () => random.normal());
  const ys = Array.from({ length: count }, () => {
    const closeness = [0, 1e-4, 3e-2, 1][random.integer(4)];
    const isNew = closeness === 1;
    return x.map((v) => (isNew ? random.normal() : v + closeness * random.normal()));
  });
  return { d, x, ys };
}

const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, k) => sum + v * y[k], 0);
const squaredDistance = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, k) => sum + (v - y[k]) ** 2, 0);
const shapes = fc.record({
  count: fc.integer({ min: 0, max: 70 }),
  d: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(1e6),
});

describe("squaredFromProducts", () => {
  it("equals the squared distance for close, equal and far rows", () => {
    fc.assert(
      fc.property(shapes, ({ count, d, seed }) => {
        const { x, ys } = rowOf(count, d, seed);
        borrow((workspace) => {
          const px = put(workspace, x).pointer;
          const pys = put(
            workspace,
            ys.flatMap((y) => Array.from(y)),
          ).pointer;
          const norms = put(
            workspace,
            ys.map((y) => dot(y, y)),
          ).pointer;
          const products = put(
            workspace,
            ys.map((y) => dot(x, y)),
          );
          kernels.squaredFromProducts(products.pointer, norms, count, dot(x, x), CLOSENESS, px, pys, d);
          const values = products.values();
          ys.forEach((y, j) => {
            const exact = squaredDistance(x, y);
            const isClose = exact < (CLOSENESS / 2) * (dot(x, x) + dot(y, y));
            // a close pair keeps its digits; elsewhere what cancels is at most a 64th
            expect(Math.abs(values[j] - exact)).toBeLessThanOrEqual((isClose ? 1e-6 : 1e-4) * exact);
          });
        });
      }),
      { numRuns: 120, seed: 6 },
    );
  });

  it("is 0 between zero vectors", () =>
    borrow((workspace) => {
      const zero = put(workspace, new Float32Array(7 * 3)).pointer;
      const products = put(workspace, new Float32Array(7));
      kernels.squaredFromProducts(products.pointer, zero, 7, 0, CLOSENESS, zero, zero, 3);
      expect(products.values()).toEqual(new Float32Array(7));
    }));
});

describe("pullClosePairs", () => {
  it(
    "pulls the slopes of close pairs from their differences and leaves those of the others",
    { tags: ["long"] },
    () => {
      fc.assert(
        fc.property(shapes, fc.boolean(), ({ count, d, seed }, isSquared) => {
          const { x, ys } = rowOf(count, d, seed);
          const random = new Random(seed + 1);
          const slopes = Float32Array.from({ length: count }, () => random.normal());
          borrow((workspace) => {
            const px = put(workspace, x).pointer;
            const pys = put(
              workspace,
              ys.flatMap((y) => Array.from(y)),
            ).pointer;
            const norms = put(
              workspace,
              ys.map((y) => dot(y, y)),
            ).pointer;
            const squares = ys.map((y) => squaredDistance(x, y));
            const values = put(workspace, isSquared ? squares : squares.map(Math.sqrt)).pointer;
            const v = put(workspace, slopes);
            const gx = put(workspace, new Float32Array(d));
            const gys = put(workspace, new Float32Array(count * d));
            kernels.pullClosePairs(
              v.pointer,
              values,
              isSquared,
              norms,
              count,
              dot(x, x),
              CLOSENESS,
              px,
              pys,
              d,
              gx.pointer,
              gys.pointer,
            );
            const left = v.values();
            const [ofX, ofYs] = [gx.values(), gys.values()];
            const expected = new Float64Array(d);
            ys.forEach((y, j) => {
              const share = squares[j] / (dot(x, x) + dot(y, y));
              if (Math.abs(share / (2 * CLOSENESS) - 1) < 1e-3) return;
              const isClose = share < 2 * CLOSENESS;
              expect(left[j]).toBe(isClose ? 0 : slopes[j]);
              for (let k = 0; k < d; k++) {
                const pulled = isClose ? slopes[j] * (x[k] - y[k]) : 0;
                expected[k] += pulled;
                expect(Math.abs(ofYs[j * d + k] + pulled)).toBeLessThan(2e-6 * Math.max(1, Math.abs(slopes[j] * x[k])));
              }
            });
            const scale = Math.max(1, ...slopes.map(Math.abs)) * Math.max(1, ...x.map(Math.abs)) * Math.max(1, count);
            ofX.forEach((slope, k) => expect(Math.abs(slope - expected[k])).toBeLessThan(1e-6 * scale));
          });
        }),
        { numRuns: 80, seed: 7 },
      );
    },
  );

  it("touches nothing where no pair has a slope", () =>
    borrow((workspace) => {
      const x = put(workspace, [1, 2]).pointer;
      const [v, values, norms] = [0, 0, 5].map((entry) => put(workspace, [entry]).pointer);
      const g = put(workspace, [7, 7]);
      kernels.pullClosePairs(v, values, true, norms, 1, 5, CLOSENESS, x, x, 2, g.pointer, g.pointer);
      expect(g.values()).toEqual(Float32Array.of(7, 7));
      expect(floatsAt(v, 1)[0]).toBe(0);
    }));
});
