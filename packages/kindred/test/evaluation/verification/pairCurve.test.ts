import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import type { Distance } from "../../../src/distances/distance.ts";
import { DotProductSimilarity } from "../../../src/distances/dotProductSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { type LabelledPairs, pairCurve } from "../../../src/evaluation/verification/pairCurve.ts";
import { gridMatrix, normalMatrix } from "../fixtures.ts";

const scenes = fc.record({
  query: gridMatrix(12),
  distance: fc.constantFrom<Distance>(
    new LpDistance({ normalizeEmbeddings: false }),
    new DotProductSimilarity({ normalizeEmbeddings: false }),
    new CosineSimilarity(),
  ),
  hasReference: fc.boolean(),
  seed: fc.nat(100),
});

function pairsOf({
  query,
  hasReference,
  seed,
}: {
  query: LabelledPairs["query"];
  hasReference: boolean;
  seed: number;
}) {
  const labelsOf = (rows: number) => Array.from({ length: rows }, (_, i) => (i * (seed + 1)) % 3);
  const reference = hasReference ? normalMatrix(5, query.cols, seed) : null;
  return {
    query,
    queryLabels: labelsOf(query.rows),
    reference,
    referenceLabels: hasReference ? labelsOf(5) : null,
  };
}

/** Every pair with its distance, as the library rounds it to float32. */
function plainPairs({ query, queryLabels, reference, referenceLabels }: LabelledPairs, distance: Distance) {
  const { data, cols } = distance.matrix(query, reference ?? query);
  const labels = referenceLabels ?? queryLabels;
  return Array.from(queryLabels, (label, i) =>
    Array.from(labels, (other, j) => ({ i, j, value: data[i * cols + j], isPositive: label === other })),
  )
    .flat()
    .filter(({ i, j }) => reference !== null || j > i);
}

describe("pairCurve", () => {
  test("counts at each threshold the pairs at least as near, the nearest first", { tags: ["long"] }, () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const pairs = pairsOf(scene);
        const { distance } = scene;
        const all = plainPairs(pairs, distance);
        const isNear = (value: number, threshold: number) =>
          distance.isInverted ? value >= threshold : value <= threshold;
        for (const exactPairs of [Infinity, -1]) {
          const curve = pairCurve(pairs, distance, exactPairs);
          expect(curve.isExact).toBe(exactPairs > 0);
          curve.thresholds.forEach((threshold, s) => {
            const near = all.filter(({ value }) => isNear(value, threshold));
            const positives = near.filter(({ isPositive }) => isPositive).length;
            expect([curve.positives[s], curve.negatives[s]]).toEqual([positives, near.length - positives]);
            if (s > 0) expect(isNear(curve.thresholds[s - 1], threshold)).toBe(true);
          });
          const last = curve.thresholds.length - 1;
          expect((curve.positives[last] ?? 0) + (curve.negatives[last] ?? 0)).toBe(all.length);
        }
        const distinct = new Set(all.map(({ value }) => (value === 0 ? 0 : value)));
        expect(pairCurve(pairs, distance).thresholds.length).toBe(distinct.size);
      }),
      { numRuns: 30 },
    );
  });

  test(
    "in coarse steps puts each threshold within 0.05 % of the pairs that it accepts last",
    { tags: ["long"] },
    () => {
      const query = normalMatrix(60, 3);
      const pairs = {
        query,
        queryLabels: Array.from({ length: 60 }, (_, i) => i % 4),
        reference: null,
        referenceLabels: null,
      };
      for (const distance of [new LpDistance(), new DotProductSimilarity({ normalizeEmbeddings: false })]) {
        const sorted = [...pairCurve(pairs, distance).thresholds];
        for (const threshold of pairCurve(pairs, distance, 0).thresholds) {
          const accepted = sorted.filter((value) => (distance.isInverted ? value >= threshold : value <= threshold));
          const last = accepted.at(-1)!;
          expect(Math.abs(last - threshold)).toBeLessThanOrEqual(Math.abs(last) * 2 ** -11);
        }
      }
    },
  );
});
