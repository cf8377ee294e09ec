import { describe, expect, it } from "vitest";
import { communityDetection, Random, type Matrix } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { plainSimilarity } from "../../support/similarities.ts";

/** Groups around directions that are drawn, with some noise. */
function scene(rows: number, seed: number): Matrix {
  const random = new Random(seed);
  const centres = gaussianRows(6, 5, random);
  const noise = gaussianRows(rows, 5, random);
  return { ...noise, data: noise.data.map((x, k) => x * 0.35 + centres.data[(Math.floor(k / 5) % 6) * 5 + (k % 5)]) };
}

function twin(rows: Matrix, threshold: number, minSize: number): number[][] {
  const all = Array.from({ length: rows.rows }, (_, i) => i);
  const cosine = (i: number, j: number): number => (i === j ? Infinity : plainSimilarity("cosine", rows, i, rows, j));
  const candidates = all.map((i) =>
    all.filter((j) => cosine(i, j) >= threshold).sort((a, b) => cosine(i, b) - cosine(i, a)),
  );
  const taken = new Set<number>();
  const communities: number[][] = [];
  const large = candidates.filter(({ length }) => length >= minSize).sort((a, b) => b.length - a.length || a[0] - b[0]);
  for (const rows of large) {
    if (taken.has(rows[0])) continue;
    const free = rows.filter((row) => !taken.has(row));
    if (free.length < minSize) continue;
    for (const row of free) taken.add(row);
    communities.push(free);
  }
  return communities.sort((a, b) => b.length - a.length);
}

const plain = (communities: Int32Array[]): number[][] => communities.map((rows) => [...rows]);

describe("communityDetection", () => {
  it.each([
    [0.5, 1],
    [0.7, 2],
    [0.8, 3],
    [0.9, 2],
  ])("finds what its brute-force twin finds, threshold %d and at least %d rows", (threshold, minCommunitySize) => {
    for (let seed = 0; seed < 8; seed++) {
      const rows = scene(40 + 30 * seed, seed);
      expect(plain(communityDetection(rows, { threshold, minCommunitySize }))).toEqual(
        twin(rows, threshold, minCommunitySize),
      );
    }
  });

  it("finds communities across tiles and blocks of centres", { tags: ["long"] }, () => {
    const rows = scene(900, 3);
    expect(plain(communityDetection(rows, { minCommunitySize: 1 }))).toEqual(twin(rows, 0.75, 1));
  });

  it("finds equal rows with a threshold of 1", () => {
    const rows = [[1, 3], [2, 5], [1, 3], [2, 6], [2, 5], [7, 1]]; // prettier-ignore
    expect(plain(communityDetection(rows, { threshold: 1, minCommunitySize: 2 }))).toEqual([[0, 2, 3], [1, 4]]); // prettier-ignore
  });

  it("finds none in too few rows, and takes rows of zeros for alike to none but themselves", () => {
    expect(communityDetection([[1, 0]], { minCommunitySize: 2 })).toEqual([]);
    expect(communityDetection([])).toEqual([]);
    expect(plain(communityDetection([[0, 0], [0, 0]], { minCommunitySize: 1 }))).toEqual([[0], [1]]); // prettier-ignore
  });

  it("refuses options out of bounds", () => {
    expect(() => communityDetection([[1]], { threshold: 1.1 })).toThrow(/threshold is 1.1/);
    expect(() => communityDetection([[1]], { minCommunitySize: 0 })).toThrow(/minCommunitySize is 0/);
  });
});
