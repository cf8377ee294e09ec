import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TopK } from "../../../src/evaluation/neighbours/topK.ts";

const feed = fc.record({
  k: fc.integer({ min: 1, max: 40 }),
  scores: fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 400 }),
});

describe("TopK", () => {
  test("keeps what sorting keeps: the best first, the lower id of equal scores first", () => {
    fc.assert(
      fc.property(feed, ({ k, scores }) => {
        const topK = new TopK(2, k);
        scores.forEach((score, id) => {
          if (score > topK.thresholds[1]) topK.offer(1, id, score);
        });
        const { from, count } = topK.sorted(1);
        const expected = scores.map((score, id) => ({ score, id })).sort((a, b) => b.score - a.score || a.id - b.id);
        expect([...topK.ids.subarray(from, from + count)]).toEqual(expected.slice(0, k).map(({ id }) => id));
        expect(topK.sorted(0).count).toBe(0);
      }),
    );
  });

  test("raises a row's threshold to the worst of its k once more than k have come", () => {
    const topK = new TopK(1, 4);
    for (let id = 0; id < 20; id++) topK.offer(0, id, id);
    expect(topK.thresholds[0]).toBe(16);
  });

  test("forgets everything when cleared", () => {
    const topK = new TopK(1, 1);
    for (let id = 0; id < 40; id++) topK.offer(0, id, id);
    topK.clear();
    expect([topK.thresholds[0], topK.sorted(0).count]).toEqual([-Infinity, 0]);
  });
});
