import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdOutParts, type HoldOutOptions } from "../../../src/training/search/heldParts.ts";

const shares: HoldOutOptions = { by: null, judgeShare: 0.3, chooseShare: 0.25, seed: 1 };

/** `perClass[c]` rows of class c, mixed. */
function labelsOf(perClass: readonly number[]): string[] {
  const labels = perClass.flatMap((count, c) => new Array<string>(count).fill(`c${c}`));
  return labels.map((_, i) => labels[(i * 7919) % labels.length]);
}

describe("holdOutParts", () => {
  test("puts every row into one part, whatever the classes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 12, maxLength: 30 }),
        fc.constantFrom("class" as const, "sample" as const),
        fc.integer({ min: 0, max: 99 }),
        (perClass, by, seed) => {
          const labels = labelsOf([...perClass, 5, 5, 6, 6, 7, 7]);
          const { train, choose, judge } = holdOutParts(labels, { ...shares, by, seed });
          const all = [...train, ...choose, ...judge].sort((a, b) => a - b);
          expect(all).toEqual(labels.map((_, i) => i));
        },
      ),
    );
  });

  test("keeps classes whole when they are held out: none is in two parts", () => {
    const labels = labelsOf(new Array<number>(40).fill(5));
    const parts = holdOutParts(labels, shares);
    expect(parts.by).toBe("class");
    const classes = [parts.train, parts.choose, parts.judge].map((rows) => new Set(Array.from(rows, (r) => labels[r])));
    expect(classes.map((each) => each.size)).toEqual([21, 7, 12]);
    expect(new Set(classes.flatMap((each) => [...each])).size).toBe(40);
  });

  test("trains on classes of one row, which cannot be judged", () => {
    const labels = labelsOf([...new Array<number>(20).fill(4), 1, 1, 1]);
    const { train } = holdOutParts(labels, shares);
    const singletons = ["c20", "c21", "c22"].map((name) => labels.indexOf(name));
    expect(singletons.every((row) => train.includes(row))).toBe(true);
  });

  test("holds out rows of each class where there are few classes, and leaves two to train on", () => {
    const labels = labelsOf([10, 10, 3]);
    const parts = holdOutParts(labels, shares);
    expect(parts.by).toBe("sample");
    const count = (rows: Int32Array, name: string) => rows.filter((row) => labels[row] === name).length;
    for (const name of ["c0", "c1"])
      expect([parts.judge, parts.choose, parts.train].map((rows) => count(rows, name))).toEqual([3, 2, 5]);
    expect(count(parts.train, "c2")).toBe(2);
  });

  test("is another for another seed, and the same for the same", () => {
    const labels = labelsOf(new Array<number>(40).fill(5));
    expect(holdOutParts(labels, shares)).toEqual(holdOutParts(labels, shares));
    expect(holdOutParts(labels, { ...shares, seed: 2 }).judge).not.toEqual(holdOutParts(labels, shares).judge);
  });

  test("says when a part would be empty", () => {
    expect(() => holdOutParts(labelsOf([5, 5, 5]), { ...shares, by: "class" })).toThrow(
      "3 classes have two rows or more",
    );
    expect(() => holdOutParts(labelsOf([2, 2, 2]), shares)).toThrow("classes of four rows or more");
    expect(() => holdOutParts(labelsOf([5, 5]), { ...shares, judgeShare: 1 })).toThrow("judgeShare is 1");
  });
});
