import { describe, expect, it } from "vitest";
import { evaluateReranking, Random } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

const random = new Random(6);
const samples = Array.from({ length: 8 }, (_, q) => ({
  query: q,
  positive: Array.from({ length: 1 + (q % 3) }, (_, k) => 9 * q + k),
  negative: Array.from({ length: 2 + (q % 5) }, (_, k) => 9 * q + 3 + k),
}));

describe("evaluateReranking", () => {
  it.each(allSimilarities)("averages over samples what a plain twin finds of each, by %s", (similarity) => {
    const [queries, documents] = [gaussianRows(8, 4, random), gaussianRows(80, 4, random)];
    const expected = samples.map(({ query, positive, negative }) => {
      const score = (row: number): number => plainSimilarity(similarity, queries, query, documents, row);
      const order = [...positive, ...negative].sort((a, b) => score(b) - score(a));
      const hits = order.map((row) => Number(positive.includes(row)));
      const found = (end: number): number => hits.slice(0, end).reduce((sum, hit) => sum + hit, 0);
      const map = hits.reduce((sum, hit, r) => sum + (hit * found(r + 1)) / (r + 1), 0) / positive.length;
      const discounted = (all: number[]): number =>
        all.slice(0, 3).reduce((sum, hit, r) => sum + hit / Math.log2(r + 2), 0);
      const first = hits.indexOf(1);
      return [map, first < 3 ? 1 / (first + 1) : 0, discounted(hits) / discounted(positive.map(() => 1))];
    });
    const { metrics } = evaluateReranking({ queries, documents, samples }, { similarity, atK: 3 });
    const mean = (m: number): number => expected.reduce((sum, values) => sum + values[m], 0) / 8;
    expect(metrics.meanAveragePrecision).toBeCloseTo(mean(0), 10);
    expect(metrics.meanReciprocalRankAt3).toBeCloseTo(mean(1), 10);
    expect(metrics.ndcgAt3).toBeCloseTo(mean(2), 10);
  });

  it("shares gains among documents that are equally alike, and puts the negatives among them first", () => {
    const documents = [[2], [1], [1], [1], [0]];
    const given = { queries: [[1]], documents, samples: [{ query: 0, positive: [2, 4], negative: [0, 1, 3] }] };
    const { metrics } = evaluateReranking(given, { similarity: "dot" });
    const gains = (1 / Math.log2(3) + 1 / Math.log2(4) + 1 / Math.log2(5)) / 3 + 1 / Math.log2(6);
    expect(metrics.ndcgAt10).toBeCloseTo(gains / (1 + 1 / Math.log2(3)), 12);
    expect(metrics.meanReciprocalRankAt10).toBe(1 / 4);
    expect(metrics.meanAveragePrecision).toBeCloseTo((1 / 4 + 2 / 5) / 2, 12);
  });

  it("leaves out samples without a positive or a negative", () => {
    const given = { queries: [[1], [1]], documents: [[2], [1]] };
    const [whole, ...others] = [
      { query: 0, positive: [0], negative: [1] },
      { query: 1, positive: [], negative: [1] },
      { query: 1, positive: [0], negative: [] },
    ];
    expect(evaluateReranking({ ...given, samples: [whole, ...others] })).toMatchObject({ samples: 1, leftOut: 2 });
    expect(evaluateReranking({ ...given, samples: others }).metrics.ndcgAt10).toBeNaN();
  });

  it("refuses rows that are not there", () => {
    const refuse = (sample: object) => () =>
      evaluateReranking({
        queries: [[1]],
        documents: [[1]],
        samples: [{ query: 0, positive: [0], negative: [0], ...sample }],
      });
    expect(refuse({ query: 1 })).toThrow("samples[0].query is 1; give a row number from 0 to 0");
    expect(refuse({ negative: [0, 3] })).toThrow("samples[0].negative[1] is 3");
    expect(refuse({ positive: 3 })).toThrow("samples[0].positive is 3; give an array");
  });
});
