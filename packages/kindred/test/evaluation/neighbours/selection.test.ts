import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { selectBest, sortBest } from "../../../src/evaluation/neighbours/selection.ts";

const candidates = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 300 });

/** Candidates with a guard on both sides that must stay where it is. */
function guarded(list: number[]) {
  const scores = Float32Array.from([99, ...list, -99]);
  return { scores, ids: Int32Array.from(scores, (_, k) => (k * 7919) % 100003), to: list.length + 1 };
}

const ranked = (scores: Float32Array, ids: Int32Array, from: number, to: number) =>
  Array.from({ length: to - from }, (_, k) => ({ score: scores[from + k], id: ids[from + k] })).sort(
    (a, b) => b.score - a.score || a.id - b.id,
  );

describe("selection", () => {
  test("sortBest sorts by descending score and ascending id, and only between its bounds", () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const { scores, ids, to } = guarded(list);
        const expected = ranked(scores, ids, 1, to);
        sortBest(scores, ids, 1, to);
        expect([...scores.subarray(1, to)].map((score, k) => ({ score, id: ids[k + 1] }))).toEqual(expected);
        expect([scores[0], scores[to]]).toEqual([99, -99]);
      }),
    );
  });

  test("selectBest brings the k best to the front", () => {
    fc.assert(
      fc.property(candidates, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const { scores, ids, to } = guarded(list);
        const k = 1 + Math.floor(share * (list.length - 1));
        const expected = ranked(scores, ids, 1, to).slice(0, k);
        selectBest(scores, ids, 1, to, k);
        expect(ranked(scores, ids, 1, 1 + k)).toEqual(expected);
      }),
    );
  });

  test.each([
    ["sorted", (k: number) => k],
    ["reversed", (k: number) => -k],
    ["equal", () => 1],
    ["a mountain", (k: number) => -Math.abs(k - 5000)],
  ])("sorts 10,000 candidates that are %s", (_, score) => {
    const scores = Float32Array.from({ length: 10000 }, (_, k) => score(k));
    const ids = Int32Array.from(scores.keys());
    const expected = ranked(scores, ids, 0, 10000).map(({ id }) => id);
    sortBest(scores, ids, 0, 10000);
    expect([...ids]).toEqual(expected);
  });
});
