import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { borrow, kernels } from "../../../src/kernels/runtime.ts";
import { put } from "../../support/kernelMemory.ts";

/** Runs of 0 to 70 floats that begin anywhere in a group of four. */
const runs = fc.record({
  count: fc.integer({ min: 0, max: 70 }),
  offset: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(1e6),
});

function onRuns(check: (count: number, offset: number, normal: () => Float32Array, random: Random) => void): void {
  fc.assert(
    fc.property(runs, ({ count, offset, seed }) => {
      const random = new Random(seed);
      check(count, offset, () => Float32Array.from({ length: count }, () => random.normal()), random);
    }),
    { numRuns: 120, seed: 4 },
  );
}

function total(count: number, term: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += term(k);
  return sum;
}

/** Within `share` of the sum of the terms' sizes, what rounding costs a sum. */
function expectSum(actual: number, count: number, term: (k: number) => number, share = 1e-6): void {
  const size = total(count, (k) => Math.abs(term(k)));
  expect(Math.abs(actual - total(count, term))).toBeLessThanOrEqual(share * size);
}

/** e^x of each number, as the kernel gives it with scale 1 and shift 0. */
function exponentials(numbers: ArrayLike<number>): { values: Float32Array; sum: number } {
  return borrow((workspace) => {
    const run = put(workspace, numbers);
    const sum = kernels.expInPlace(run.pointer, numbers.length, 1, 0);
    return { values: run.values(), sum };
  });
}

/** Units in the last place of a float32. */
function unitsApart(actual: number, exact: number): number {
  const unit = 2 ** (Math.floor(Math.log2(exact)) - 23);
  return Math.abs(actual - exact) / unit;
}

describe("passes over runs of floats", () => {
  it("sum, dot, squaredDistance and absoluteDistance equal their sums in float64", () =>
    onRuns((count, offset, normal) => {
      const [x, y] = [normal(), normal()];
      borrow((workspace) => {
        const [px, py] = [put(workspace, x, offset).pointer, put(workspace, y).pointer];
        expectSum(kernels.sum(px, count), count, (k) => x[k]);
        expectSum(kernels.dot(px, py, count), count, (k) => x[k] * y[k]);
        expectSum(kernels.squaredDistance(px, py, count), count, (k) => (x[k] - y[k]) ** 2);
        expectSum(kernels.absoluteDistance(px, py, count), count, (k) => Math.abs(x[k] - y[k]));
      });
    }));

  it("sums of many floats keep their digits: a million of 0.1", () =>
    borrow((workspace) => {
      const count = 1_000_003;
      const { pointer } = put(workspace, new Float32Array(count).fill(0.1));
      expect(kernels.sum(pointer, count) / (count * Math.fround(0.1))).toBeCloseTo(1, 6);
    }));

  it("maximum and minimum are the run's, -Infinity and Infinity of none", () =>
    onRuns((count, offset, normal) => {
      const x = normal();
      borrow((workspace) => {
        const { pointer } = put(workspace, x, offset);
        expect(kernels.maximum(pointer, count)).toBe(Math.max(...x));
        expect(kernels.minimum(pointer, count)).toBe(Math.min(...x));
      });
    }));

  it("maximum and minimum take infinities for what they are, at every place", () =>
    borrow((workspace) => {
      for (let count = 1; count <= 9; count++) {
        for (let place = 0; place < count; place++) {
          const x = new Float32Array(count).fill(2);
          for (const infinity of [Infinity, -Infinity]) {
            x[place] = infinity;
            const { pointer } = put(workspace, x);
            expect(kernels.maximum(pointer, count)).toBe(Math.max(...x));
            expect(kernels.minimum(pointer, count)).toBe(Math.min(...x));
          }
        }
      }
    }));

  it("affine, addScaled, squareRoot and divideBy change each entry of the run and nothing beside it", () =>
    onRuns((count, offset, normal, random) => {
      const [x, y] = [normal(), normal()];
      const [factor, addend] = [Math.fround(random.normal()), Math.fround(random.normal())];
      const divisors = y.map((v, k) => (k % 5 === 2 ? 0 : v));
      const f = Math.fround;
      borrow((workspace) => {
        const changed = (run: (pointer: number) => void, start: Float32Array): Float32Array => {
          const { pointer, values } = put(workspace, start, offset);
          run(pointer);
          return values();
        };
        expect(changed((p) => kernels.affine(p, count, factor, addend), x)).toEqual(
          x.map((v) => f(f(v * factor) + addend)),
        );
        const other = put(workspace, y).pointer;
        expect(changed((p) => kernels.addScaled(p, other, count, factor), x)).toEqual(
          x.map((v, k) => f(v + f(y[k] * factor))),
        );
        const squares = x.map((v) => v * v);
        expect(changed((p) => kernels.squareRoot(p, count), squares)).toEqual(squares.map((v) => Math.sqrt(v)));
        const by = put(workspace, divisors).pointer;
        expect(changed((p) => kernels.divideBy(p, by, count, factor), x)).toEqual(
          x.map((v, k) => (divisors[k] === 0 ? 0 : f(f(v * factor) / divisors[k]))),
        );
      });
    }));

  it("NaN goes through every pass that computes with it, in groups of four and in the rest", () =>
    borrow((workspace) => {
      for (let count = 1; count <= 9; count++) {
        for (let place = 0; place < count; place++) {
          const x = new Float32Array(count).fill(1);
          x[place] = NaN;
          const ones = put(workspace, new Float32Array(count).fill(1)).pointer;
          const run = (): { pointer: number; values: () => Float32Array } => put(workspace, x);
          expect(kernels.sum(run().pointer, count)).toBeNaN();
          expect(kernels.dot(run().pointer, ones, count)).toBeNaN();
          expect(kernels.squaredDistance(run().pointer, ones, count)).toBeNaN();
          expect(kernels.absoluteDistance(run().pointer, ones, count)).toBeNaN();
          const changes: ((pointer: number) => unknown)[] = [
            (p) => expect(kernels.expInPlace(p, count, 1, 0)).toBeNaN(),
            (p) => kernels.affine(p, count, 2, 1),
            (p) => kernels.addScaled(p, ones, count, 2),
            (p) => kernels.squareRoot(p, count),
            (p) => kernels.divideBy(p, ones, count, 1),
          ];
          for (const change of changes) {
            const { pointer, values } = run();
            change(pointer);
            expect(Array.from(values(), Number.isNaN)).toEqual(Array.from(x, Number.isNaN));
          }
        }
      }
    }));
});

describe("expInPlace", () => {
  it("is within two units in the last place of e^x from the smallest normal float to 2^127.5", () => {
    const random = new Random(3);
    const spread = Float32Array.from({ length: 40_001 }, (_, k) => -87.3365 + (k * (87.3365 + 88.376)) / 40_000);
    const small = Float32Array.from({ length: 2_003 }, () => random.normal() * 10 ** (-12 * random.uniform()));
    for (const numbers of [spread, small]) {
      const { values } = exponentials(numbers);
      const worst = values.reduce((max, value, k) => Math.max(max, unitsApart(value, Math.exp(numbers[k]))), 0);
      expect(worst).toBeLessThanOrEqual(2);
    }
  });

  it("is exactly 1 at 0 and 0 below the smallest normal float, -Infinity included", () => {
    const numbers = [0, -0, -87.4, -100, -1e10, -3e38, -Infinity];
    for (const repeat of [1, 2, 3]) {
      const { values, sum } = exponentials(Array.from({ length: repeat }, () => numbers).flat());
      expect(values.filter((value) => value === 1)).toHaveLength(2 * repeat);
      expect(values.filter((value) => value === 0)).toHaveLength(5 * repeat);
      expect(sum).toBe(2 * repeat);
    }
  });

  it("stays at 2^127.5, which is finite, where e^x is larger", () => {
    const { values } = exponentials([88.377, 88.72, 88.73, 89, 1000, 3e38, Infinity]);
    for (const value of values) expect(Math.log2(value)).toBeCloseTo(127.5, 4);
  });

  it("scales and shifts first, writes each entry, and returns their sum", () =>
    onRuns((count, offset, normal, random) => {
      const x = normal();
      const [scale, shift] = [Math.fround(3 * random.normal()), Math.fround(random.normal())];
      const exact = (k: number): number => Math.exp(scale * x[k] - shift);
      borrow((workspace) => {
        const run = put(workspace, x, offset);
        const sum = kernels.expInPlace(run.pointer, count, scale, shift);
        const values = run.values();
        values.forEach((value, k) => expect(value / exact(k)).toBeCloseTo(1, 5));
        expectSum(sum, count, (k) => values[k]);
        expectSum(sum, count, exact, 1e-5);
      });
    }));

  it("gives an entry the same bits wherever it stands in a run", () => {
    const numbers = Float32Array.from({ length: 23 }, (_, k) => Math.sin(k) * 20);
    const { values } = exponentials(numbers);
    numbers.forEach((number, k) => expect(exponentials([number]).values[0]).toBe(values[k]));
  });

  it("makes a log-sum-exp with the maximum taken out, over the whole range of float32", () => {
    const random = new Random(8);
    const logSumExp = (numbers: Float32Array): number =>
      borrow((workspace) => {
        const { pointer } = put(workspace, numbers);
        const top = kernels.maximum(pointer, numbers.length);
        return top + Math.log(kernels.expInPlace(pointer, numbers.length, 1, top));
      });
    for (const size of [1e-30, 1e-3, 1, 50, 1e4, 1e20, 1e38]) {
      for (const count of [1, 2, 7, 64, 301]) {
        const numbers = Float32Array.from({ length: count }, () => size * (2 * random.uniform() - 1));
        const top = Math.max(...numbers);
        const exact = top + Math.log(total(count, (k) => Math.exp(numbers[k] - top)));
        expect(Math.abs(logSumExp(numbers) - exact)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(exact)));
      }
    }
    expect(logSumExp(Float32Array.of(-Infinity, 3, -Infinity))).toBe(3);
  });
});
