import { describe, expect, test } from "vitest";
import { kMeans } from "../../../src/evaluation/clustering/kMeans.ts";
import type { Matrix } from "../../../src/matrix/matrix.ts";
import { euclidean, normalMatrix } from "../fixtures.ts";

/** Three groups of `size` rows around (0, 0), (20, 0) and (0, 20). */
function threeGroups(size: number): Matrix {
  const noise = normalMatrix(3 * size, 2);
  const centres = [
    [0, 0],
    [20, 0],
    [0, 20],
  ];
  return { ...noise, data: noise.data.map((x, k) => x + centres[Math.floor(k / 2) % 3][k % 2]) };
}

describe("kMeans", () => {
  test.each([0, 1, 2, 3, 4])("finds well-separated groups with seed %i", (seed) => {
    const { labels } = kMeans(threeGroups(40), 3, { seed });
    for (let i = 3; i < labels.length; i++) expect(labels[i]).toBe(labels[i % 3]);
    expect(new Set(labels).size).toBe(3);
  });

  test("ends where rows stand with their nearest centroid and centroids are the means of their rows", () => {
    const points = normalMatrix(300, 3);
    const { labels, centroids, inertia } = kMeans(points, 7, { iterations: 500 });
    let sum = 0;
    for (let i = 0; i < points.rows; i++) {
      const distances = Array.from({ length: 7 }, (_, c) => euclidean(points, i, centroids, c));
      expect(distances[labels[i]]).toBeCloseTo(Math.min(...distances), 5);
      sum += distances[labels[i]] ** 2;
    }
    expect(inertia).toBeCloseTo(sum, 6);
    for (let c = 0; c < 7; c++) {
      const rows = Array.from(labels.keys()).filter((i) => labels[i] === c);
      for (let j = 0; j < 3; j++) {
        const mean = rows.reduce((total, i) => total + points.data[i * 3 + j], 0) / rows.length;
        expect(centroids.data[c * 3 + j]).toBeCloseTo(mean, 5);
      }
    }
  });

  test("gives the same clusters for the same seed", () => {
    const points = normalMatrix(100, 4);
    expect(kMeans(points, 5, { seed: 3 })).toEqual(kMeans(points, 5, { seed: 3 }));
    expect(kMeans(points, 5, { seed: 3 }).labels).not.toEqual(kMeans(points, 5, { seed: 4 }).labels);
  });

  test("leaves no cluster empty while rows differ", () => {
    for (let seed = 0; seed < 30; seed++) {
      const points = { data: Float32Array.of(0, 0, 0, 0, 1, 5, 6, 50), rows: 8, cols: 1 };
      expect(new Set(kMeans(points, 5, { seed }).labels).size).toBe(5);
    }
  });

  test("puts each row in a cluster of its own when there are as many clusters, and all in one when there is one", () => {
    expect(kMeans(normalMatrix(6, 2), 6).inertia).toBeCloseTo(0, 10);
    expect([...kMeans(normalMatrix(6, 2), 1).labels]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("is defined when all rows are equal", () => {
    const { labels, inertia, centroids } = kMeans({ data: new Float32Array(10).fill(3), rows: 5, cols: 2 }, 3);
    expect([...centroids.data]).toEqual([3, 3, 3, 3, 3, 3]);
    expect(inertia).toBe(0);
    expect(labels).toHaveLength(5);
  });

  test("refuses more clusters than rows, none, and NaN", () => {
    expect(() => kMeans(normalMatrix(3, 2), 4)).toThrow(/k is 4/);
    expect(() => kMeans(normalMatrix(3, 2), 0)).toThrow(RangeError);
    expect(() => kMeans([[NaN]], 1)).toThrow(/NaN at row 0/);
  });
});
