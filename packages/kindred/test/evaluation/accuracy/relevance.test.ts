import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  comparedLabels,
  countRelevant,
  equalLabels,
  type Relevance,
} from "../../../src/evaluation/accuracy/relevance.ts";

const labelLists = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });

/** The gain of each pair of a query and a reference, one by one. */
function gainsOf<L>(relevance: Relevance<L>): number[][] {
  return Array.from(relevance.queryClass, (query) => {
    const gains = relevance.gains(query).slice();
    return Array.from(relevance.referenceClass, (reference) => gains[reference]);
  });
}

describe("relevance", () => {
  test("is that of each pair of labels, in any order of queries", () => {
    const graded = (a: number, b: number) => Math.max(0, 2 - Math.abs(a - 2 * b));
    fc.assert(
      fc.property(labelLists, labelLists, (query, reference) => {
        const table = (gain: (a: number, b: number) => number) => query.map((a) => reference.map((b) => gain(a, b)));
        expect(gainsOf(equalLabels(query, reference))).toEqual(table((a, b) => (a === b ? 1 : 0)));
        expect(gainsOf(comparedLabels(query, reference, graded))).toEqual(table(graded));
      }),
    );
  });

  test("is asked of a comparison once for each pair of labels that meets, the query's label first", () => {
    const asked: string[] = [];
    const relevance = comparedLabels(["a", "b", "b"], ["c", "b", "c"], (a, b) => {
      asked.push(a + b);
      return a === b;
    });
    countRelevant(relevance, false);
    expect(asked).toEqual(["ab", "ac", "bb", "bc"]);
    expect(relevance.classes).toEqual(["a", "b", "c"]);
    expect([...relevance.referenceCounts]).toEqual([0, 1, 2]);
  });

  test("takes objects as labels: the same object is one label, an equal one another", () => {
    const red = { colour: "red" };
    const relevance = comparedLabels([red, red, { colour: "red" }], [red], (a, b) => a.colour === b.colour);
    expect(relevance.classes.length).toBe(2);
    expect(gainsOf(relevance)).toEqual([[1], [1], [1]]);
  });

  test.each([
    [-1, "-1"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
  ])("refuses a comparison that gives %s", (value, told) => {
    const relevance = comparedLabels([1], [1], () => value);
    expect(() => relevance.gains(0)).toThrow(`labelComparisonFn gave ${told}`);
  });
});

describe("countRelevant", () => {
  test("counts the references with a gain, without the query itself where it is one of them", () => {
    const notToItself = (a: number, b: number) => (a + b === 4 ? 0.5 : 0);
    fc.assert(
      fc.property(labelLists, labelLists, fc.boolean(), (query, more, isIncluded) => {
        const reference = isIncluded ? [...query, ...more] : more;
        for (const relevance of [equalLabels(query, reference), comparedLabels(query, reference, notToItself)]) {
          const expected = gainsOf(relevance as Relevance<unknown>).map(
            (gains, i) => gains.filter((gain, j) => gain > 0 && !(isIncluded && i === j)).length,
          );
          const { relevant, largest } = countRelevant(relevance as Relevance<unknown>, isIncluded);
          expect([...relevant]).toEqual(expected);
          expect(largest).toBe(Math.max(0, ...expected));
        }
      }),
    );
  });
});
