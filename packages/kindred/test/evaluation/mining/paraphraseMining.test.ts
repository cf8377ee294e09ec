import { describe, expect, it } from "vitest";
import { BestPairs } from "../../../src/evaluation/mining/bestPairs.ts";
import { paraphraseMining, Random, type Matrix, type RowSource, type Similarity } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

/** All pairs in which either has the other among its topK, the best first. */
function twin(rows: Matrix, topK: number, similarity: Similarity): { pair: string; score: number }[] {
  const all = Array.from({ length: rows.rows }, (_, i) => i);
  const found = new Map<string, number>();
  for (const i of all) {
    const others = all.filter((j) => j !== i).map((j) => ({ j, score: plainSimilarity(similarity, rows, i, rows, j) }));
    for (const { j, score } of others.sort((a, b) => b.score - a.score).slice(0, topK))
      found.set(`${Math.min(i, j)} ${Math.max(i, j)}`, score);
  }
  return [...found].map(([pair, score]) => ({ pair, score })).sort((a, b) => b.score - a.score);
}

describe("paraphraseMining", () => {
  const rows = gaussianRows(60, 6, new Random(4));

  it.each(allSimilarities)("gives by %s the pairs in which either has the other among its topK", (similarity) => {
    const { first, second, scores } = paraphraseMining(rows, { topK: 3, maxPairs: 70, similarity });
    const expected = twin(rows, 3, similarity).slice(0, 70);
    expect(Array.from(first, (i, k) => `${i} ${second[k]}`)).toEqual(expected.map(({ pair }) => pair));
    scores.forEach((score, k) => expect(score).toBeCloseTo(expected[k].score, 5));
  });

  it("finds the same in rows that are read in blocks", () => {
    const source: RowSource = {
      rows: 60,
      cols: 6,
      read: (start, end) => ({ data: rows.data.slice(start * 6, end * 6), rows: end - start, cols: 6 }),
    };
    expect(paraphraseMining(source, { topK: 5 })).toEqual(paraphraseMining(rows, { topK: 5 }));
  });

  it("finds equal rows, however many", () => {
    const equal = Array.from({ length: 8 }, () => [1, 2]);
    const { scores } = paraphraseMining(equal, { topK: 2 });
    expect(scores.length).toBeGreaterThan(7);
    for (const score of scores) expect(score).toBeCloseTo(1, 6);
  });

  it("finds nothing in fewer than two rows", () => {
    expect(paraphraseMining([[1, 2]]).scores).toHaveLength(0);
    expect(paraphraseMining([]).scores).toHaveLength(0);
  });

  it("refuses numbers below 1 and unknown similarities", () => {
    expect(() => paraphraseMining(rows, { topK: 0 })).toThrow(/topK is 0/);
    expect(() => paraphraseMining(rows, { maxPairs: 1.5 })).toThrow(/maxPairs is 1.5/);
    expect(() => paraphraseMining(rows, { similarity: "cos_sim" as Similarity })).toThrow(/give one of "cosine"/);
  });
});

describe("BestPairs", () => {
  it("keeps the best of many pairs that are offered from both ends", () => {
    const random = new Random(9);
    const best = new BestPairs(500);
    const scoreOf = new Map<string, number>();
    for (let k = 0; k < 60_000; k++) {
      const [i, j] = [random.integer(400), 400 + random.integer(400)];
      const score = scoreOf.get(`${i} ${j}`) ?? Math.fround(random.normal());
      scoreOf.set(`${i} ${j}`, score);
      if (k % 2 === 0) best.offer(i, j, score);
      else best.offer(j, i, score);
    }
    const expected = [...scoreOf].sort((a, b) => b[1] - a[1]).slice(0, 500);
    const { first, second, scores } = best.result();
    expect([...scores]).toEqual(expected.map(([, score]) => score));
    expect(Array.from(first, (i, k) => `${i} ${second[k]}`)).toEqual(expected.map(([pair]) => pair));
  });
});
