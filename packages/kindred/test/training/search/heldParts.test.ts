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
  test.each([
    [40, 12, 11],
    [100, 30, 28],
    [200, 60, 56],
    [400, 120, 70],
  ])(
    "of %i classes takes %i to judge by and %i to choose by, where nothing else is said",
    (classes, judged, chosen) => {
      const labels = Array.from({ length: 3 * classes }, (_, i) => i % classes);
      const parts = holdOutParts(labels);
      expect([parts.judge.length, parts.choose.length]).toEqual([3 * judged, 3 * chosen]);
    },
  );

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

  test("never has rows of one group in two parts, whether classes or samples are held out", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("class" as const, "sample" as const),
        fc.integer({ min: 0, max: 99 }),
        fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 200, maxLength: 200 }),
        (by, seed, groups) => {
          // 50 classes of 4; the first 12 rows in any of 100 groups, the others each in its own
          const labels = Array.from({ length: 200 }, (_, i) => `c${i % 50}`);
          const named = groups.map((group, i) => (i < 12 ? `g${group}` : `alone ${i}`));
          const parts = holdOutParts(labels, { ...shares, by, seed, groups: named });
          const partOf = new Map<string, string>();
          for (const name of ["train", "choose", "judge"] as const)
            for (const row of parts[name]) {
              expect(partOf.get(named[row]) ?? name).toBe(name);
              partOf.set(named[row], name);
              if (by === "class") {
                expect(partOf.get(labels[row]) ?? name).toBe(name);
                partOf.set(labels[row], name);
              }
            }
          expect(parts.train.length + parts.choose.length + parts.judge.length).toBe(200);
        },
      ),
    );
  });

  test("takes about its shares of the groups' rows", () => {
    const labels = Array.from({ length: 1000 }, (_, i) => i % 10);
    const groups = labels.map((_, i) => Math.floor(i / 4));
    const { judge, choose } = holdOutParts(labels, { ...shares, by: "sample", groups });
    expect([judge.length, choose.length]).toEqual([300, 176]);
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
    const labels = labelsOf(new Array<number>(20).fill(5));
    const one = labels.map(() => "one scene");
    expect(() => holdOutParts(labels, { groups: one })).toThrow("needs 6, which no groups tie together");
    expect(() => holdOutParts(labels, { groups: one, by: "sample" })).toThrow("1 groups are too few");
    expect(() => holdOutParts(labels, { groups: ["a"] })).toThrow("groups has 1 entries for 100 labels");
    expect(() => holdOutParts(labels, { by: "rows" as never })).toThrow('by is "rows"');
  });
});
