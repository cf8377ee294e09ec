import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { DotProductSimilarity } from "../../../src/distances/dotProductSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { SNRDistance } from "../../../src/distances/snrDistance.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import { rawEuclidean } from "../fixtures.ts";
import { euclidean, gridMatrix, normalMatrix, rankedReferences } from "../fixtures.ts";

const pair = gridMatrix(60, 2).chain((query) =>
  fc.record({
    query: fc.constant(query),
    reference: fc
      .array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: query.cols, maxLength: query.cols }), {
        minLength: 1,
        maxLength: 60,
      })
      .map((rows) => ({ data: Float32Array.from(rows.flat()), rows: rows.length, cols: query.cols })),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);

describe("nearestNeighbours", () => {
  test("gives the order of sorted distances, ties by the lower index", { tags: ["long"] }, () => {
    fc.assert(
      fc.property(pair, ({ query, reference, share }) => {
        const k = 1 + Math.floor(share * (reference.rows - 1));
        const { indices, distances } = nearestNeighbours(query, reference, k, { distance: rawEuclidean });
        for (let i = 0; i < query.rows; i++) {
          const expected = rankedReferences(query, i, reference, -1).slice(0, k);
          expect([...indices.subarray(i * k, (i + 1) * k)]).toEqual(expected);
          expected.forEach((j, r) => expect(distances[i * k + r]).toBe(Math.fround(euclidean(query, i, reference, j))));
        }
      }),
    );
  });

  test("leaves the query out when the reference is the queries", () => {
    fc.assert(
      fc.property(pair, ({ query, share }) => {
        const k = 1 + Math.floor(share * (query.rows - 2));
        const { indices } = nearestNeighbours(query, null, k, { distance: rawEuclidean });
        for (let i = 0; i < query.rows; i++) {
          expect([...indices.subarray(i * k, (i + 1) * k)]).toEqual(rankedReferences(query, i, query, i).slice(0, k));
        }
      }),
    );
  });

  test("gives the same neighbours from half of the tiles as from all of them", { tags: ["long"] }, () => {
    const query = normalMatrix(1300, 7);
    const copy = { ...query, data: query.data.slice() };
    const half = nearestNeighbours(query, null, 20);
    const whole = nearestNeighbours(query, copy, 20, { refIncludesQuery: true });
    expect(half.indices).toEqual(whole.indices);
    expect(half.distances).toEqual(whole.distances);
  });

  test("finds the neighbours of embeddings far from the origin, of huge and of tiny ones", () => {
    const near = normalMatrix(200, 8);
    const expected = nearestNeighbours(near, null, 5, { distance: rawEuclidean }).indices;
    for (const scale of [1e-30, 1e30]) {
      const scaled = { ...near, data: near.data.map((x) => x * scale) };
      expect(nearestNeighbours(scaled, null, 5, { distance: rawEuclidean }).indices).toEqual(expected);
    }
    const grid = { ...near, data: near.data.map((x) => Math.round(x * 64)) };
    const moved = { ...near, data: grid.data.map((x) => x + 2 ** 20) };
    expect(nearestNeighbours(moved, null, 5, { distance: rawEuclidean }).indices).toEqual(
      nearestNeighbours(grid, null, 5, { distance: rawEuclidean }).indices,
    );
  });

  test.each([
    ["CosineSimilarity", new CosineSimilarity()],
    ["CosineSimilarity to a power", new CosineSimilarity({ power: 2 })],
    ["DotProductSimilarity", new DotProductSimilarity({ normalizeEmbeddings: false })],
    ["normalized LpDistance", new LpDistance()],
    ["LpDistance p = 1", new LpDistance({ p: 1, normalizeEmbeddings: false })],
    ["LpDistance power 2", new LpDistance({ power: 2 })],
    ["LpDistance power -1", new LpDistance({ power: -1, normalizeEmbeddings: false })],
    ["SNRDistance", new SNRDistance()],
  ])("orders by %s as its matrix does", (_, distance) => {
    const query = normalMatrix(37, 6, 3);
    const reference = normalMatrix(600, 6, 4);
    const matrix = distance.matrix(query, reference);
    const { indices, distances } = nearestNeighbours(query, reference, 9, { distance });
    for (let i = 0; i < query.rows; i++) {
      const row = Array.from(matrix.data.subarray(i * 600, (i + 1) * 600));
      const expected = [...row].sort((a, b) => (distance.isInverted ? b - a : a - b)).slice(0, 9);
      for (let r = 0; r < 9; r++) {
        expect(row[indices[i * 9 + r]]).toBeCloseTo(expected[r], 5);
        expect(distances[i * 9 + r]).toBeCloseTo(expected[r], 5);
      }
    }
  });

  test("changes nothing of what it was given", () => {
    const query = normalMatrix(5, 2);
    const before = query.data.slice();
    nearestNeighbours(query, null, 2, { distance: new CosineSimilarity() });
    expect(query.data).toEqual(before);
  });

  test("refuses more neighbours than there are, other widths, and a reference too short to hold the queries", () => {
    const query = normalMatrix(4, 2);
    expect(() => nearestNeighbours(query, null, 4)).toThrow(/k is 4, but a query has 3 references/);
    expect(() => nearestNeighbours(query, normalMatrix(4, 3), 1)).toThrow(/3 columns and query 2/);
    expect(() => nearestNeighbours(query, normalMatrix(3, 2), 1, { refIncludesQuery: true })).toThrow(
      /3 rows for 4 queries/,
    );
    expect(() => nearestNeighbours(query, null, 0)).toThrow(/k is 0/);
  });

  test("gives nothing for no query", () => {
    expect(nearestNeighbours([], normalMatrix(3, 2), 2)).toEqual({
      indices: new Int32Array(0),
      distances: new Float32Array(0),
      k: 2,
    });
  });
});
