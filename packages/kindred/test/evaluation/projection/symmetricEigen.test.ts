import { describe, expect, test } from "vitest";
import { symmetricEigen } from "../../../src/evaluation/projection/symmetricEigen.ts";
import { Random } from "../../../src/matrix/random.ts";

/** Entry (i, j) for i <= j, mirrored. */
function symmetric(n: number, entry: (i: number, j: number) => number): Float64Array {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = entry(i, j);
  return a;
}

/** A sum of `rank` products v v'. */
function ofRank(n: number, rank: number, scale = 1): Float64Array {
  const random = new Random(rank);
  const vectors = Array.from({ length: rank }, () => Array.from({ length: n }, () => random.normal()));
  return symmetric(n, (i, j) => scale * vectors.reduce((sum, v) => sum + v[i] * v[j], 0));
}

const random = new Random(1);

describe("symmetricEigen", () => {
  test.each<[string, number, number, Float64Array]>([
    ["one entry", 1, 1, Float64Array.of(-3)],
    ["random entries", 2, 2, symmetric(2, () => random.normal())],
    ["random entries, some of the vectors", 130, 20, symmetric(130, () => random.normal())],
    ["random entries, all vectors", 60, 60, symmetric(60, () => random.normal())],
    ["zeros", 12, 12, new Float64Array(144)],
    ["the identity", 30, 30, symmetric(30, (i, j) => (i === j ? 1 : 0))],
    ["a diagonal with pairs", 9, 9, symmetric(9, (i, j) => (i === j ? Math.floor(i / 2) : 0))],
    ["low rank, past the rank", 80, 50, ofRank(80, 5)],
    [
      "three equal blocks",
      60,
      60,
      symmetric(60, (i, j) => (Math.floor(i / 20) === Math.floor(j / 20) ? 1 / (1 + j - i) : 0)),
    ],
    [
      "Wilkinson's matrix of close pairs",
      21,
      21,
      symmetric(21, (i, j) => (i === j ? Math.abs(i - 10) : j === i + 1 ? 1 : 0)),
    ],
    ["tiny entries", 30, 30, ofRank(30, 40, 1e-80)],
    ["huge entries", 30, 30, ofRank(30, 40, 1e70)],
  ])("gives eigenvectors of %s that are orthonormal to rounding error", (_, n, count, a) => {
    const { values, vectors } = symmetricEigen(a.slice(), n, count);
    const size = Math.max(...values.map(Math.abs)) || 1;
    for (let c = 0; c < count; c++) {
      const u = vectors.subarray(c * n, (c + 1) * n);
      for (let i = 0; i < n; i++) {
        const image = u.reduce((sum, x, j) => sum + x * a[i * n + j], 0);
        expect(Math.abs(image - values[c] * u[i]) / size).toBeLessThan(1e-13);
      }
      for (let other = 0; other <= c; other++) {
        const product = u.reduce((sum, x, j) => sum + x * vectors[other * n + j], 0);
        expect(product).toBeCloseTo(other === c ? 1 : 0, 12);
      }
      if (c > 0) expect(values[c]).toBeLessThanOrEqual(values[c - 1]);
    }
    const trace = Array.from({ length: n }, (_, i) => a[i * n + i]).reduce((sum, x) => sum + x, 0);
    if (count === n) expect(values.reduce((sum, x) => sum + x, 0) / size).toBeCloseTo(trace / size, 11);
  });

  test("reads the upper half only", () => {
    const a = ofRank(20, 30);
    const upper = a.map((x, k) => (k % 20 >= Math.floor(k / 20) ? x : NaN));
    expect(symmetricEigen(upper, 20, 5)).toEqual(symmetricEigen(a.slice(), 20, 5));
  });

  test("gives the known eigenvalues of a chain, 2 - 2 cos(k pi / (n + 1))", () => {
    const n = 40;
    const chain = symmetric(n, (i, j) => (i === j ? 2 : j === i + 1 ? -1 : 0));
    symmetricEigen(chain, n, n).values.forEach((value, c) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - c) * Math.PI) / (n + 1)), 12),
    );
  });
});
