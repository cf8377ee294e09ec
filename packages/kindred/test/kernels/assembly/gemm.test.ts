import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { borrow, kernels } from "../../../src/kernels/runtime.ts";
import { put } from "../../support/kernelMemory.ts";
import { expectSameFloats } from "../../support/sameFloats.ts";

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly isTurnedA: boolean;
  readonly isTurnedB: boolean;
  /** Floats between the end of a row of C and the next. */
  readonly gap: number;
  readonly accumulates: boolean;
  readonly seed: number;
}

const size = fc.integer({ min: 0, max: 70 });
const shapes = fc.record({
  m: size,
  n: size,
  k: size,
  isTurnedA: fc.boolean(),
  isTurnedB: fc.boolean(),
  gap: fc.integer({ min: 0, max: 5 }),
  accumulates: fc.boolean(),
  seed: fc.nat(1e6),
});

const normal = (random: Random, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => random.normal());

/** Runs the product in the kernels' memory; `entry` says what A and B hold. */
function multiply({ m, n, k, isTurnedA, isTurnedB, gap, accumulates, seed }: Shape, upperOnly = false) {
  const random = new Random(seed);
  const [a, b, before] = [normal(random, m * k), normal(random, k * n), normal(random, m * (n + gap))];
  const at = {
    a: (i: number, l: number): number => a[isTurnedA ? l * m + i : i * k + l],
    b: (l: number, j: number): number => b[isTurnedB ? j * k + l : l * n + j],
  };
  const after = borrow((workspace) => {
    const c = put(workspace, before);
    const [aStrides, bStrides] = [isTurnedA ? [1, m] : [k, 1], isTurnedB ? [1, k] : [n, 1]];
    kernels.gemm(
      m,
      n,
      k,
      put(workspace, a).pointer,
      aStrides[0],
      aStrides[1],
      put(workspace, b).pointer,
      bStrides[0],
      bStrides[1],
      c.pointer,
      n + gap,
      accumulates,
      upperOnly,
    );
    return c.values();
  });
  return { at, before, after };
}

/** Every entry within the rounding of k products; gaps as they were. */
function expectProduct(shape: Shape): void {
  const { m, n, k, gap, accumulates } = shape;
  const { at, before, after } = multiply(shape);
  const tolerance = 4e-7 * (k + 4) * 4;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n + gap; j++) {
      const place = i * (n + gap) + j;
      let expected = j >= n || accumulates ? before[place] : 0;
      if (j < n) for (let l = 0; l < k; l++) expected += at.a(i, l) * at.b(l, j);
      if (Math.abs(after[place] - expected) > tolerance) expect([i, j, after[place]]).toEqual([i, j, expected]);
    }
  }
}

describe("gemm", () => {
  it(
    "equals the product in float64 for sizes 0 to 70, either operand turned, added to C or not",
    { tags: ["long"] },
    () => {
      fc.assert(fc.property(shapes, expectProduct), { numRuns: 250, seed: 1 });
    },
  );

  it("equals it across panels: more rows than 120, more columns than 512, deeper than 256", () => {
    const shape = { isTurnedA: false, isTurnedB: true, gap: 3, accumulates: false, seed: 5 };
    expectProduct({ ...shape, m: 123, n: 517, k: 3 });
    expectProduct({ ...shape, m: 7, n: 11, k: 261 });
    expectProduct({ ...shape, m: 127, n: 9, k: 515, isTurnedA: true, isTurnedB: false, accumulates: true });
  });

  it("with upperOnly fills all on and above the diagonal", () => {
    for (const m of [1, 4, 13, 64, 131]) {
      const shape = { m, n: m, k: 5, isTurnedA: false, isTurnedB: true, gap: 1, accumulates: false, seed: m };
      const [whole, upper] = [multiply(shape).after, multiply(shape, true).after];
      for (let i = 0; i < m; i++) {
        const row = i * (m + 1);
        expectSameFloats(upper.subarray(row + i, row + m), whole.subarray(row + i, row + m));
      }
    }
  });

  it("gives the same bits for a row whatever rows stand beside it in its block", () => {
    const shape = { n: 19, k: 37, isTurnedA: false, isTurnedB: true, gap: 0, accumulates: false, seed: 2 };
    const random = new Random(9);
    const [a, b] = [normal(random, 30 * shape.k), normal(random, shape.n * shape.k)];
    const rowsFrom = (start: number, rows: number): Float32Array =>
      borrow((workspace) => {
        const c = put(workspace, new Float32Array(rows * shape.n));
        const [pa, pb] = [put(workspace, a).pointer + 4 * start * shape.k, put(workspace, b).pointer];
        kernels.gemm(rows, shape.n, shape.k, pa, shape.k, 1, pb, 1, shape.k, c.pointer, shape.n, false, false);
        return c.values();
      });
    const whole = rowsFrom(0, 30);
    for (const [start, rows] of [
      [0, 1],
      [3, 7],
      [29, 1],
      [11, 19],
    ])
      expectSameFloats(rowsFrom(start, rows), whole.subarray(start * shape.n, (start + rows) * shape.n));
  });
});

describe("mirror and addTranspose", () => {
  const matrices = fc.record({ n: size, gap: fc.integer({ min: 0, max: 5 }), seed: fc.nat(1e6) });
  const apply = (kernel: "mirror" | "addTranspose", n: number, stride: number, before: Float32Array): Float32Array =>
    borrow((workspace) => {
      const c = put(workspace, before);
      kernels[kernel](n, c.pointer, stride);
      return c.values();
    });

  it("copy what is above the diagonal below it, and add the transpose, for sizes 0 to 70", () => {
    fc.assert(
      fc.property(matrices, ({ n, gap, seed }) => {
        const stride = n + gap;
        const before = normal(new Random(seed), n * stride);
        const [mirrored, added] = [before.slice(), before.slice()];
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            mirrored[i * stride + j] = before[Math.min(i, j) * stride + Math.max(i, j)];
            added[i * stride + j] = before[i * stride + j] + before[j * stride + i];
          }
        }
        expectSameFloats(apply("mirror", n, stride, before), mirrored);
        expectSameFloats(apply("addTranspose", n, stride, before), added);
      }),
      { numRuns: 120, seed: 2 },
    );
  });
});
