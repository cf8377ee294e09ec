import fc from "fast-check";
import { expect, test } from "vitest";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { distanceSpace } from "../../../src/distances/scores/distanceSpace.ts";
import { forEachHits } from "../../../src/evaluation/accuracy/hitSearch.ts";
import {
  comparedLabels,
  countRelevant,
  equalLabels,
  type Relevance,
} from "../../../src/evaluation/accuracy/relevance.ts";
import { zeros } from "../../../src/matrix/matrix.ts";
import { gridMatrix, rankedReferences } from "../fixtures.ts";

const scenes = gridMatrix(60, 2).chain((query) =>
  fc.record({
    query: fc.constant(query),
    labels: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: query.rows, maxLength: query.rows }),
    // below an eighth of the references neighbours are collected, above it ranks are counted
    k: fc.integer({ min: 1, max: query.rows - 1 }),
    isIncluded: fc.boolean(),
    isGraded: fc.boolean(),
  }),
);

test(
  "both ways of the search give the ranks and gains of the relevant references among the k nearest",
  { tags: ["long"] },
  () => {
    const compare = (a: number, b: number) => Math.max(0, 2 - Math.abs(a - b));
    fc.assert(
      fc.property(scenes, ({ query, labels, k, isIncluded, isGraded }) => {
        // without itself as reference a query has a twin there
        const reference = isIncluded ? query : { ...query, data: query.data.slice() };
        const gain = isGraded ? compare : (a: number, b: number) => (a === b ? 1 : 0);
        const relevance = (
          isGraded ? comparedLabels(labels, labels, compare) : equalLabels(labels, labels)
        ) as Relevance<unknown>;
        const space = distanceSpace(new LpDistance({ normalizeEmbeddings: false }), query, reference);
        const seen = new Set<number>();
        const counts = countRelevant(relevance, isIncluded);
        forEachHits(space, { relevance, counts, k, isIncluded }, (i, hits) => {
          if (hits.relevant === 0) return;
          seen.add(i);
          const gains = rankedReferences(query, i, reference, isIncluded ? i : -1).map((j) =>
            gain(labels[i], labels[j]),
          );
          const ranks = gains.flatMap((g, r) => (g > 0 && r < k ? [r + 1] : []));
          expect([...hits.ranks.subarray(0, hits.count)]).toEqual(ranks);
          expect([...hits.gains.subarray(0, hits.count)]).toEqual(ranks.map((rank) => gains[rank - 1]));
          expect(hits.relevant).toBe(gains.filter((g) => g > 0).length);
          expect(hits.k).toBe(k);
          if (isGraded) expect([...hits.idealGains!]).toEqual(gains.filter((g) => g > 0).sort((a, b) => b - a));
        });
        const hasRelevant = (i: number) =>
          labels.some((label, j) => gain(labels[i], label) > 0 && !(isIncluded && i === j));
        expect([...seen].sort((a, b) => a - b)).toEqual(labels.flatMap((_, i) => (hasRelevant(i) ? [i] : [])));
      }),
    );
  },
);

test("no query is visited where there is none", () => {
  const relevance = equalLabels([], [1]);
  const space = distanceSpace(new LpDistance(), zeros(0, 2), zeros(1, 2));
  const counts = countRelevant(relevance, false);
  forEachHits(space, { relevance, counts, k: 1, isIncluded: false }, () => expect.unreachable());
});
