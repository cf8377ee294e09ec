import { expect, test } from "vitest";
import { evaluateTranslation, Random } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

test.each(allSimilarities)("counts the rows that find their own place on the other side by %s", (similarity) => {
  const random = new Random(2);
  const source = gaussianRows(25, 4, random);
  const target = { ...source, data: source.data.map((x) => x + 0.7 * random.normal()) };
  const all = Array.from({ length: 25 }, (_, i) => i);
  const best = (f: (j: number) => number): number => all.reduce((top, j) => (f(j) > f(top) ? j : top));
  const there = all.filter((i) => best((j) => plainSimilarity(similarity, source, i, target, j)) === i).length / 25;
  const back = all.filter((j) => best((i) => plainSimilarity(similarity, source, i, target, j)) === j).length / 25;
  const { metrics, primary } = evaluateTranslation({ source, target }, { similarity });
  expect(metrics.sourceToTargetAccuracy).toBeCloseTo(there, 12);
  expect(metrics.targetToSourceAccuracy).toBeCloseTo(back, 12);
  expect(metrics.meanAccuracy).toBeCloseTo((there + back) / 2, 12);
  expect(primary).toBe("meanAccuracy");
});

test("is NaN of nothing and refuses rows without a translation", () => {
  expect(evaluateTranslation({ source: [], target: [] }).metrics.meanAccuracy).toBeNaN();
  expect(() => evaluateTranslation({ source: [[1]], target: [] })).toThrow("target has 0 rows, source has 1");
});
