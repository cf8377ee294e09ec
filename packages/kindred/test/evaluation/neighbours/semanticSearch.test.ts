import { expect, test } from "vitest";
import { Random, semanticSearch, type RowSource } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

const random = new Random(1);
const queries = gaussianRows(9, 5, random);
const corpus = gaussianRows(40, 5, random);

test.each(allSimilarities)("finds by %s what sorting all similarities finds", (similarity) => {
  const found = semanticSearch(queries, corpus, { topK: 7, similarity });
  found.forEach((list, i) => {
    const all = Array.from({ length: 40 }, (_, row) => ({
      row,
      score: plainSimilarity(similarity, queries, i, corpus, row),
    }));
    const expected = all.sort((a, b) => b.score - a.score).slice(0, 7);
    expect(list.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
    list.forEach(({ score }, k) => expect(score).toBeCloseTo(expected[k].score, 5));
  });
});

test("finds all there is where there is less, and nothing in nothing", () => {
  expect(semanticSearch(queries, corpus, { topK: 100 })[3]).toHaveLength(40);
  expect(semanticSearch(queries, [], { topK: 3 })).toEqual(Array.from({ length: 9 }, () => []));
  expect(semanticSearch([], corpus)).toEqual([]);
});

test("reads a corpus that is not in memory in parts", () => {
  const source: RowSource = {
    rows: 40,
    cols: 5,
    read: (start, end) => ({ data: corpus.data.slice(start * 5, end * 5), rows: end - start, cols: 5 }),
  };
  expect(semanticSearch(queries, source)).toEqual(semanticSearch(queries, corpus));
});

test("gives rows that are equally alike by the lower row, also of zeros", () => {
  const zeros = semanticSearch([[0, 0]], [[1, 0], [0, 1], [0, 0]]); // prettier-ignore
  expect(zeros[0]).toEqual([0, 1, 2].map((row) => ({ row, score: 0 })));
});

test("refuses what it cannot use", () => {
  expect(() => semanticSearch(queries, corpus, { topK: 0 })).toThrow(/topK is 0/);
  expect(() => semanticSearch(queries, corpus, { similarity: "angle" as "dot" })).toThrow(
    /similarity is "angle"; give one of/,
  );
  expect(() => semanticSearch(queries, [[1, 2]])).toThrow(/equally wide/);
  expect(() => semanticSearch(queries, corpus, { k: 3 } as object)).toThrow(/has no option "k"/);
});
