import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import type { Distance } from "../../../src/distances/distance.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { SNRDistance } from "../../../src/distances/snrDistance.ts";
import { MatchFinder } from "../../../src/evaluation/inference/matchFinder.ts";
import { rowView } from "../../../src/matrix/matrix.ts";
import { plainDistances, toRows } from "../../support/plain.ts";
import { normalMatrix } from "../fixtures.ts";

const scenes = fc.record({
  n: fc.integer({ min: 0, max: 8 }),
  m: fc.integer({ min: 0, max: 8 }),
  seed: fc.nat(1000),
  distance: fc.constantFrom<Distance>(
    new CosineSimilarity(),
    new LpDistance(),
    new LpDistance({ p: 1 }),
    new SNRDistance(),
  ),
  threshold: fc.double({ min: -1, max: 2.5, noNaN: true }),
});

describe("MatchFinder", () => {
  test("finds the pairs that are near enough in the plain matrix of distances, and no other", () => {
    fc.assert(
      fc.property(scenes, ({ n, m, seed, distance, threshold }) => {
        const [query, reference] = [normalMatrix(n, 3, seed), normalMatrix(m, 3, seed + 1)];
        const plain = plainDistances(distance, toRows(query), toRows(reference));
        fc.pre(plain.flat().every((value) => Math.abs(value - threshold) > 1e-5));
        const isNear = (value: number) => (distance.isInverted ? value >= threshold : value <= threshold);
        const expected = plain.flatMap((row, i) => row.flatMap((value, j) => (isNear(value) ? [[i, j]] : [])));
        const finder = new MatchFinder({ distance, threshold });
        const { queries, references, distances } = finder.getMatchingPairs(query, reference);
        expect(Array.from(queries, (i, k) => [i, references[k]])).toEqual(expected);
        distances.forEach((value, k) => expect(value).toBeCloseTo(plain[queries[k]][references[k]], 4));
        for (const [i, j] of [
          [0, 0],
          [n - 1, m - 1],
        ])
          // prettier-ignore
          if (n > 0 && m > 0)
            expect(finder.isMatch([rowView(query, i)], [rowView(reference, j)])).toEqual([isNear(plain[i][j])]);
      }),
    );
  });

  test("goes through more pairs than it compares at a time", () => {
    const query = normalMatrix(900, 4);
    const finder = new MatchFinder({ threshold: 0.999 });
    const { queries, references } = finder.getMatchingPairs(query);
    const own = Array.from(queries, (i, k) => [i, references[k]]).filter(([i, j]) => i === j);
    expect(own.length).toBe(900);
    expect([...queries]).toEqual([...queries].sort((a, b) => a - b));
    const pairs = new Set(Array.from(queries, (i, k) => `${i} ${references[k]}`));
    for (const [k, i] of queries.entries()) expect(pairs.has(`${references[k]} ${i}`)).toBe(true);
  });

  test("takes another threshold for one call", () => {
    const finder = new MatchFinder();
    expect(finder.getMatchingPairs([[1, 0]], [[1, 1]]).queries.length).toBe(0);
    expect(finder.getMatchingPairs([[1, 0]], [[1, 1]], 0.7).queries.length).toBe(1);
    expect(finder.threshold).toBe(0.9);
  });
});
