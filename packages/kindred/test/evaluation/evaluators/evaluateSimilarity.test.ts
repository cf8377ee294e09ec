import { describe, expect, it } from "vitest";
import { evaluateSimilarity, Random } from "../../../src/index.ts";
import { gaussianRows, tiedRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

function plainPearson(x: number[], y: number[]): number {
  const mean = (all: number[]): number => all.reduce((sum, value) => sum + value, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  const sum = (f: (i: number) => number): number => x.reduce((total, _, i) => total + f(i), 0);
  return sum((i) => (x[i] - mx) * (y[i] - my)) / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
}

/** Of each value: how many are below, plus half of those that equal it. */
const plainRanks = (x: number[]): number[] =>
  x.map((value) => x.filter((other) => other < value).length + x.filter((other) => other === value).length / 2);

describe("evaluateSimilarity", () => {
  it.each(allSimilarities)("gives the correlation of %s with the scores, by values and by mean ranks", (similarity) => {
    const random = new Random(3);
    for (const make of [gaussianRows, tiedRows]) {
      const [query, reference] = [make(30, 3, random), make(30, 3, random)];
      const scores = Array.from({ length: 30 }, () => random.integer(6));
      const found = scores.map((_, i) => plainSimilarity(similarity, query, i, reference, i));
      const { metrics, primary } = evaluateSimilarity({ query, reference, scores }, { similarity });
      expect(metrics.pearson).toBeCloseTo(plainPearson(found, scores), 10);
      if (similarity !== "cosine" || make === gaussianRows)
        expect(metrics.spearman).toBeCloseTo(plainPearson(plainRanks(found), plainRanks(scores)), 10);
      expect(primary).toBe("spearman");
    }
  });

  it("is 1 for what rises together, and NaN where one side does not vary", () => {
    const query = [[1, 0], [1, 0], [1, 0]]; // prettier-ignore
    const reference = [[1, 0], [1, 1], [1, 4]]; // prettier-ignore
    expect(evaluateSimilarity({ query, reference, scores: [9, 2, 1] }).metrics.spearman).toBeCloseTo(1, 12);
    expect(evaluateSimilarity({ query, reference, scores: [0.1, 0.1, 0.1] }).metrics).toEqual({
      pearson: NaN,
      spearman: NaN,
    });
    expect(evaluateSimilarity({ query, reference: query, scores: [1, 2, 3] }).metrics.pearson).toBeNaN();
  });

  it("has an interval in which draws that do not vary are passed over", () => {
    const query = [[1, 0], [1, 0], [1, 0]]; // prettier-ignore
    const reference = [[1, 0], [1, 1], [1, 4]]; // prettier-ignore
    const { intervals } = evaluateSimilarity({ query, reference, scores: [9, 2, 1] }, { bootstrap: true });
    expect(intervals!.spearman.low).toBeCloseTo(1, 12);
    expect(intervals!.spearman.high).toBeCloseTo(1, 12);
  });

  it("refuses fewer than two pairs, and scores that are none", () => {
    expect(() => evaluateSimilarity({ query: [[1]], reference: [[1]], scores: [1] })).toThrow("there are 1 pairs");
    const two = { query: [[1], [2]], reference: [[1], [2]] };
    expect(() => evaluateSimilarity({ ...two, scores: [1] })).toThrow("scores has 1 entries for 2 rows");
    expect(() => evaluateSimilarity({ ...two, scores: [1, NaN] })).toThrow("scores[1] is NaN");
  });
});
