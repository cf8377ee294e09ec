import { describe, expect, it } from "vitest";
import { evaluateRetrieval, Random, type RetrievalMetric } from "../../../src/index.ts";
import { gaussianRows, tiedRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

const random = new Random(5);
const queryIds = Array.from({ length: 12 }, (_, i) => `q${i}`);
const documentIds = random.shuffle(Array.from({ length: 40 }, (_, i) => i)).map((i) => `d${i}`);
const grades = new Map(
  queryIds.map((id, i): [string, Map<string, number>] => [
    id,
    new Map(Array.from({ length: i % 5 }, (_, k) => [`d${(7 * i + k) % 45}`, 1 + ((i + k) % 3)])),
  ]),
);
const ungraded = Object.fromEntries([...grades].map(([id, own]) => [id, [...own.keys()]]));

/** The metrics of one query from the ids of all documents in their order, in the plainest code. */
function twin(order: string[], own: ReadonlyMap<string, number>, k: number): Record<string, number> {
  const gain = (id: string): number => own.get(id) ?? 0;
  const top = order.slice(0, k);
  const hits = top.filter((id) => gain(id) > 0).length;
  const first = top.findIndex((id) => gain(id) > 0);
  const gained = (all: number[]): number => all.reduce((sum, value, r) => sum + value / Math.log2(r + 2), 0);
  const precisions = top.map((id, r) =>
    gain(id) > 0 ? top.slice(0, r + 1).filter((other) => gain(other) > 0).length / (r + 1) : 0,
  );
  return {
    [`hitRateAt${k}`]: hits > 0 ? 1 : 0,
    [`precisionAt${k}`]: hits / k,
    [`recallAt${k}`]: hits / own.size,
    [`meanReciprocalRankAt${k}`]: first < 0 ? 0 : 1 / (first + 1),
    [`ndcgAt${k}`]: gained(top.map(gain)) / gained([...own.values()].sort((a, b) => b - a).slice(0, k)),
    [`meanAveragePrecisionAt${k}`]: precisions.reduce((sum, value) => sum + value, 0) / Math.min(k, own.size),
  };
}

const metricsAt = (k: number): RetrievalMetric[] =>
  (["hitRateAt", "precisionAt", "recallAt", "meanReciprocalRankAt", "ndcgAt", "meanAveragePrecisionAt"] as const).map(
    (kind) => `${kind}${k}` as const,
  );

describe("evaluateRetrieval", () => {
  it.each(allSimilarities)("averages over queries what a plain twin finds of each, by %s", (similarity) => {
    for (const make of [gaussianRows, tiedRows]) {
      const [queries, documents] = [make(12, 3, random), make(40, 3, random)];
      // cosines of small whole numbers are equal or not by rounding
      if (similarity === "cosine" && make === tiedRows) continue;
      for (const relevant of [grades, ungraded])
        for (const k of [1, 3, 100]) {
          const all = queryIds.flatMap((id, i) => {
            const given = relevant === grades ? grades.get(id)! : new Map(ungraded[id].map((d) => [d, 1]));
            const score = new Map(
              documentIds.map((d, j) => [d, plainSimilarity(similarity, queries, i, documents, j)]),
            );
            const order = [...documentIds].sort((a, b) => score.get(b)! - score.get(a)! || (a < b ? -1 : 1));
            return given.size === 0 ? [] : [twin(order, given, k)];
          });
          const input = { queries, queryIds, documents, documentIds, relevant };
          const { metrics } = evaluateRetrieval(input, { similarity, metrics: metricsAt(k) });
          for (const name of metricsAt(k)) {
            const expected = all.reduce((sum, own) => sum + own[name], 0) / all.length;
            expect(metrics[name], name).toBeCloseTo(expected, 10);
          }
        }
    }
  });

  it("tells how many queries were judged and left out, and what was not there to be found", () => {
    const [queries, documents] = [gaussianRows(12, 3, random), gaussianRows(40, 3, random)];
    const judgement = evaluateRetrieval({ queries, queryIds, documents, documentIds, relevant: grades });
    const missing = [...grades.values()].flatMap((own) => [...own.keys()]).filter((id) => !documentIds.includes(id));
    expect(judgement).toMatchObject({ queries: 9, leftOut: 3, missing: missing.length, primary: "ndcgAt10" });
    expect(missing.length).toBeGreaterThan(0);
  });

  it("counts rows as ids where there are none, numbers as texts, and a grade of 0 as nothing", () => {
    const given = { queries: [[1, 0], [0, 1]], documents: [[0, 1], [1, 0], [1, 1]] }; // prettier-ignore
    const relevant = { 0: [1], 1: new Map([[0, 2], [2, 0]]) }; // prettier-ignore
    const { metrics } = evaluateRetrieval({ ...given, relevant }, { metrics: ["hitRateAt1", "recallAt1"] });
    expect(metrics).toEqual({ hitRateAt1: 1, recallAt1: 1 });
    const numbered = { ...given, queryIds: [7, 8], documentIds: [1, 2, 3], relevant: new Map([[7, new Set(["2"])]]) };
    expect(evaluateRetrieval(numbered, { metrics: ["hitRateAt1"] }).metrics).toEqual({ hitRateAt1: 1 });
  });

  it("is 0 among no documents and NaN of no judged query", () => {
    const none = evaluateRetrieval({ queries: [[1, 2]], documents: [], relevant: { 0: ["x"] } });
    expect(none.metrics.ndcgAt10).toBe(0);
    expect(evaluateRetrieval({ queries: [[1, 2]], documents: [[1, 2]], relevant: {} }).metrics.ndcgAt10).toBeNaN();
  });

  it("refuses ids that stand twice or are none, grades below 0, and metrics of another kind", () => {
    const given = { queries: [[1], [2]], documents: [[1], [2]], relevant: { 0: [1] } };
    const evaluate = (more: object, options = {}) => evaluateRetrieval({ ...given, ...more }, options);
    expect(() => evaluate({ documentIds: ["a", "a"] })).toThrow('documentIds has "a" at 0 and at 1');
    expect(() => evaluate({ documentIds: ["a"] })).toThrow("documentIds has 1 entries for 2 rows");
    expect(() => evaluate({ queryIds: ["a", null] })).toThrow("queryIds[1] is null");
    expect(() => evaluate({ relevant: [["0", "1"]] })).toThrow(/relevant is an array of 1; give/);
    expect(() => evaluate({ relevant: { 0: 1 } })).toThrow('relevant["0"] is 1; give an array or Set');
    expect(() => evaluate({ relevant: { 0: new Map([[1, -1]]) } })).toThrow("grades 1 -1; give a finite number >= 0");
    expect(() => evaluate({}, { metrics: ["ndcg"] })).toThrow(/metrics holds "ndcg"/);
    expect(() => evaluate({}, { metrics: ["ndcgAt"] })).toThrow(/unknown metric/);
    expect(() => evaluate({}, { metrics: [] })).toThrow(/metrics is an array of 0/);
  });
});
