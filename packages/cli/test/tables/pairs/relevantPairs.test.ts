import { expect, it } from "vitest";
import { readRelevantPairs } from "../../../src/tables/pairs/relevantPairs.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const known = { query: (id: string) => /^q\d$/.test(id), document: (id: string) => /^d\d$/.test(id) };

function read(content: string) {
  const { byQuery, ...rest } = readRelevantPairs(put(folder, "pairs.csv", content), known);
  return { ...rest, byQuery: Object.fromEntries([...byQuery].map(([id, own]) => [id, Object.fromEntries(own)])) };
}

it("reads pairs by the order of their columns, with or without a header and grades", () => {
  const plain = { byQuery: { q1: { d1: 1, d2: 1 }, q2: { d1: 1 } }, pairs: 3, isGraded: false, skipped: null };
  expect(read("q1,d1\nq1,d2\nq2,d1\n")).toEqual(plain);
  expect(read("query,document\nq1,d1\nq1,d2\nq2,d1\n")).toEqual(plain);
  expect(read("from\tto\nq1\td1\nq1\td2\nq2\td1\n")).toEqual({ ...plain, skipped: "from, to" });
  expect(read("q1,d1,2\nq1,d2,0.5\n")).toMatchObject({ byQuery: { q1: { d1: 2, d2: 0.5 } }, isGraded: true });
});

it("reads columns by their names, in any order and among others", () => {
  const table = "note,doc_id,relevance,query-id\nx,d1,3,q1\ny,d7,0,q1\n";
  expect(read(table)).toMatchObject({ byQuery: { q1: { d1: 3, d7: 0 } }, pairs: 2, isGraded: true, skipped: null });
});

it("counts a pair that stands twice once, and refuses two grades of it", () => {
  expect(read("q1,d1,2\nq1,d1,2\n").byQuery).toEqual({ q1: { d1: 2 } });
  expect(() => read("q1,d1,2\nq1,d1,1\n")).toThrow(/line 2 of .* grades "d1" 1 for "q1", an earlier line 2/);
});

it.each([
  ["nothing", "", /holds no pairs/],
  ["a header alone", "query,document\n", /holds no pairs/],
  ["one column", "q1\nq2\n", /has 1 columns; give a query, a document/],
  ["a grade that is none", "q1,d1,good\n", /line 1 of .* grades a document "good"; give a number >= 0/],
  ["a grade below 0", "query,document,grade\nq1,d1,-1\n", /line 2 of .*"-1"/],
])("refuses %s", (_, content, sentence) => {
  expect(() => read(content)).toThrow(sentence);
});
