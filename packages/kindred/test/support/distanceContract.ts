import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, type Distance, type Matrix } from "../../src/index.ts";
import { fromRows, numericSlope, plainDistances, type Rows } from "./plain.ts";
import { normalRows } from "./twin.ts";

/** What the shared tests need to know of a distance. */
interface DistanceContract {
  /** The distance with all settings worth a test, by what they are called. */
  readonly variants: Readonly<Record<string, Distance>>;
  /** The least width that it compares. Default 1. */
  readonly leastWidth?: number;
  /** Norms of raw embeddings between which values are float32 numbers. Default 1e9 and 1e-9. */
  readonly rawNorms?: (distance: Distance) => readonly number[];
}

/** Tests a distance against its equation in float64 and finite differences of it, and on hostile rows. */
export function describeDistance(name: string, { variants, leastWidth = 1, rawNorms }: DistanceContract): void {
  const all = Object.entries(variants);

  describe(`${name} equals its equation in value and slope`, () => {
    for (const [title, distance] of all) {
      it(`${title}, on matrices of any size`, () => {
        const shapes = fc.record({
          n: fc.integer({ min: 0, max: 9 }),
          m: fc.option(fc.integer({ min: 0, max: 9 })),
          d: fc.integer({ min: leastWidth, max: 9 }),
          seed: fc.nat(1e6),
        });
        fc.assert(
          fc.property(shapes, ({ n, m, d, seed }) =>
            compareOn(distance, normalRows(n, d, seed), m === null ? null : normalRows(m, d, seed + 1), d),
          ),
          { numRuns: 25, seed: 11 },
        );
      });
    }

    it("on no row and on one", () => {
      const [, distance] = all[0];
      for (const [n, m] of [
        [0, null],
        [0, 0],
        [0, 3],
        [3, 0],
        [1, null],
        [1, 1],
        [1, 7],
        [7, 1],
      ])
        compareOn(distance, normalRows(n!, 4, 1), m === null ? null : normalRows(m, 4, 2), 4);
    });

    it("on more rows than a block of any kernel has", () => {
      for (const [, distance] of all.slice(0, 2)) {
        expectValues(distance, normalRows(133, 5, 3), normalRows(261, 5, 4));
        expectValues(distance, normalRows(133, 5, 3), null);
        expectValues(distance, normalRows(7, 261, 3), normalRows(9, 261, 4));
      }
    });
  });

  describe(`${name} keeps its digits`, () => {
    for (const [title, distance] of all)
      it(`${title}, where rows are close`, () => {
        const near = closeRows(9, 6);
        expectValues(distance, near, null);
        expectValues(distance, near.slice(0, 4), near.slice(4));
      });

    for (const [title, distance] of all) {
      const { normalizeEmbeddings, power } = distance;
      // below 1e-12 a norm is not divided by
      const sizes = normalizeEmbeddings ? [1e19, 1e-10] : (rawNorms?.(distance) ?? [1e9, 1e-9]);
      it(`${title}, where norms are near ${sizes.join(" and ")}`, () => {
        for (const size of sizes) {
          const [query, reference] = [normalRows(5, 5, 7), normalRows(6, 5, 8)].map((rows) => scaled(rows, size));
          expectValues(distance, query, reference);
          expectValues(distance, query, null);
          const slopes = gradients(distance, query, reference);
          const ofOne = gradients(distance, scaled(query, 1 / size), scaled(reference, 1 / size));
          // a function of degree k has slopes of degree k - 1
          const growth = size ** (degreeOf(distance) - 1);
          for (const side of ["embeddings", "reference"] as const) {
            const peak = Math.max(...ofOne[side]!.data.map(Math.abs));
            slopes[side]!.data.forEach((slope, k) =>
              expect(Math.abs(slope / growth - ofOne[side]!.data[k])).toBeLessThan(1e-4 * Math.max(1, power) * peak),
            );
          }
        }
      });
    }
  });

  describe(`${name} stays finite`, () => {
    const zero = [0, 0, 0, 0];
    const batches: Readonly<Record<string, Rows>> = {
      "on zero vectors": [zero, zero, zero, zero, zero],
      "on a zero vector among others": [zero, ...normalRows(4, 4, 5)],
      "on equal vectors": Array.from({ length: 5 }, () => [0.3, -1.2, 0.7, 2]),
      "on opposite vectors": [1, -1, 1, -1, 1].map((x) => [x, 0, 0, 0]),
      "on vectors of equal coordinates": [1, 2, -3, 0.5, 1].map((x) => [x, x, x, x]),
      "on vectors that differ in one coordinate": [0, 1, 2, 3, 4].map((k) => [1, 2, 3, k]),
      "on norms of 1e-30": scaled(normalRows(5, 4, 6), 1e-30),
    };
    for (const [title, rows] of Object.entries(batches))
      for (const [variant, distance] of all.filter(([, { power }]) => power > 0))
        it(`${title}, ${variant}`, () => {
          for (const reference of [null, rows]) {
            const values = distance.matrix(fromRows(rows), reference === null ? undefined : fromRows(reference));
            expect(values.data.every(Number.isFinite)).toBe(true);
            const slopes = gradients(distance, rows, reference);
            for (const side of Object.values(slopes) as Matrix[])
              expect(Array.from(side.data).filter((slope) => !Number.isFinite(slope))).toEqual([]);
          }
        });
  });

  describe(`${name} as every distance`, () => {
    const [, distance] = all[0];
    const [query, reference] = [fromRows(normalRows(4, 5, 1)), fromRows(normalRows(6, 5, 2))];

    it("leaves its matrices as they are, and takes rows of numbers", () => {
      const before = [query.data.slice(), reference.data.slice()];
      const values = distance.matrix(query, reference);
      distance.matrixGradients(values, query, reference);
      expect([query.data, reference.data]).toEqual(before);
      expect(distance.matrix(normalRows(4, 5, 1), normalRows(6, 5, 2))).toEqual(values);
    });

    it("compares a batch with itself as with a copy of it", () => {
      for (const [, each] of all) {
        const [own, copied] = [each.matrix(query), each.matrix(query, fromRows(normalRows(4, 5, 1)))];
        own.data.forEach((value, k) => expect(value).toBeCloseTo(copied.data[k], 5));
        const both = each.matrixGradients(own, query);
        const apart = each.matrixGradients(own, query, query);
        expect(both.reference).toBeUndefined();
        both.embeddings.data.forEach((slope, k) =>
          expect(slope).toBeCloseTo(apart.embeddings.data[k] + apart.reference!.data[k], 3),
        );
      }
    });

    it("says whether its sides can be exchanged", () => {
      for (const [, each] of all) {
        const [there, back] = [each.matrix(query, reference), each.matrix(reference, query)];
        const differences = Array.from(there.data, (value, k) => {
          const [i, j] = [Math.floor(k / there.cols), k % there.cols];
          return Math.abs(value - back.data[j * back.cols + i]) / Math.max(1, Math.abs(value));
        });
        expect(Math.max(...differences) < 1e-5).toBe(each.isSymmetric);
      }
    });

    it("says how far one value is beyond another", () => {
      expect(distance.margin(3, 1)).toBe(distance.isInverted ? -2 : 2);
    });

    it("compares rows one with one", () => {
      expect(distance.pairwise(query, query)).toHaveLength(4);
      expect(distance.pairwise([], [])).toHaveLength(0);
      expect(() => distance.pairwise(query, reference)).toThrow(
        new RangeError("reference has 6 rows, query has 4; rows are compared one with one"),
      );
    });

    it("refuses matrices that do not fit, NaN, and cotangents of another shape", () => {
      expect(() => distance.matrix(query, [[1, 2]])).toThrow(/reference has 2 columns, query has 5/);
      expect(() => distance.pairwise(query, [[1, 2]])).toThrow(/reference has 2 columns, query has 5/);
      expect(() => distance.matrix([[1, NaN, 2]])).toThrow(/query holds NaN at row 0, column 1/);
      expect(() => distance.matrixGradients([[1]], query, reference)).toThrow(
        "cotangent is 1 x 1; the distance matrix is 4 x 6",
      );
    });
  });
}

function scaled(rows: Rows, size: number): Rows {
  return rows.map((row) => row.map((x) => Math.fround(x * size)));
}

/** Rows within 1e-5, 1e-4, 1e-3 ... of each other: the digits of a product would cancel. */
function closeRows(count: number, cols: number): Rows {
  const random = new Random(21);
  const centre = Array.from({ length: cols }, () => random.normal());
  return Array.from({ length: count }, (_, i) =>
    centre.map((x) => Math.fround(x + 10 ** (-5 + (i % 4)) * random.normal())),
  );
}

/** Slopes of the sum of all entries, each with a weight of its own. */
function weightsOf(n: number, m: number): Rows {
  return Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => Math.fround(Math.cos(3 * i + 5 * j))));
}

function gradients(distance: Distance, query: Rows, reference: Rows | null) {
  const weights = fromRows(weightsOf(query.length, (reference ?? query).length));
  return distance.matrixGradients(weights, fromRows(query), reference === null ? undefined : fromRows(reference));
}

/** By which power of a common factor of all embeddings a value grows. */
function degreeOf({ name, normalizeEmbeddings, power }: Distance): number {
  if (normalizeEmbeddings || name === "SNRDistance") return 0;
  return name === "DotProductSimilarity" ? 2 * power : power;
}

/** What rounding to float32 costs a value: of itself, of its row where products are summed, of rows kept normalized or centred. */
function slackOf(distance: Distance, value: number, peak: number): number {
  const { name, normalizeEmbeddings, isInverted } = distance;
  const power = Math.abs(distance.power);
  if (isInverted) return 2e-5 * power * Math.max(Math.abs(value), peak);
  const rounding = normalizeEmbeddings || name === "SNRDistance" ? 4e-7 : 0;
  const exponent = name === "SNRDistance" ? 2 * power : power;
  const moved = (value ** (1 / exponent) + rounding) ** exponent - value;
  return moved + 5e-5 * Math.max(1, power) * value;
}

function expectValues(distance: Distance, query: Rows, reference: Rows | null, cols?: number): void {
  const actual = distance.matrix(fromRows(query, cols), reference === null ? undefined : fromRows(reference, cols));
  const expected = plainDistances(distance, query, reference ?? query);
  expect([actual.rows, actual.cols]).toEqual([query.length, (reference ?? query).length]);
  expected.forEach((row, i) => {
    const peak = Math.max(...row.map(Math.abs));
    row.forEach((value, j) => {
      const found = actual.data[i * actual.cols + j];
      // "not within", so that NaN is noticed
      if (!(Math.abs(found - value) <= slackOf(distance, value, peak))) expect([i, j, found]).toEqual([i, j, value]);
    });
  });
}

function compareOn(distance: Distance, query: Rows, reference: Rows | null, cols: number): void {
  expectValues(distance, query, reference, cols);
  const weights = weightsOf(query.length, (reference ?? query).length);
  const value = (q: Rows, r: Rows): number =>
    plainDistances(distance, q, r).reduce(
      (sum, row, i) =>
        sum +
        row.reduce(
          (all, entry, j) => all + (reference === null && i === j && isAtPole(distance) ? 0 : weights[i][j] * entry),
          0,
        ),
      0,
    );
  const actual = distance.matrixGradients(
    fromRows(weights, (reference ?? query).length),
    fromRows(query, cols),
    reference === null ? undefined : fromRows(reference, cols),
  );
  expectSlopes(
    actual.embeddings,
    numericSlope(query, (moved) => value(moved, reference ?? moved), 1e-6),
  );
  if (reference !== null)
    expectSlopes(
      actual.reference!,
      numericSlope(reference, (moved) => value(query, moved), 1e-6),
    );
}

/** Whether the distance of a row to itself has no slope: its entry of the sum is left out. */
function isAtPole({ isInverted }: Distance): boolean {
  return !isInverted;
}

function expectSlopes(actual: Matrix, expected: Rows): void {
  const flat = expected.flat();
  const peak = flat.reduce((max, slope) => Math.max(max, Math.abs(slope)), 1e-2);
  expect(actual.data).toHaveLength(flat.length);
  const worst = flat.reduce((max, slope, k) => Math.max(max, Math.abs(slope - actual.data[k])), 0);
  expect(worst / peak).toBeLessThan(5e-4);
}
