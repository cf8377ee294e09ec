import { describe, expect, it } from "vitest";
import {
  filterSizes,
  groupOfEachClass,
  sumOverClasses,
  toClassCounts,
} from "../../../src/doctor/labels/classCounts.ts";
import { classCounts, Random, type Labels } from "../../../src/index.ts";

describe("classCounts", () => {
  it.each<[string, Labels, Labels]>([
    ["strings", ["b", "a", "b", "c", "b"], ["b", "a", "c"]],
    ["small whole numbers, negative ones too", [7, -3, 7, 0, 7], [7, -3, 0]],
    ["numbers far apart", [1e15, -1e15, 1e15, 0.5, 1e15], [1e15, -1e15, 0.5]],
    ["a typed array", Int8Array.of(7, -3, 7, 0, 7), [7, -3, 0]],
    ["bigints", [7n, 8n, 7n, 9n, 7n], [7n, 8n, 9n]],
    ["a mixture, where 1 and '1' are two", [1, "1", 1, true, 1], [1, "1", true]],
  ])("counts %s in order of first appearance", (_, labels, classes) => {
    const counts = classCounts(labels);
    expect(counts.labels).toEqual(classes);
    expect([...counts.counts]).toEqual([3, 1, 1]);
    expect([...counts.codes]).toEqual([0, 1, 0, 2, 0]);
    expect(counts).toMatchObject({ samples: 5, classes: 3 });
    expect([...counts.sizes]).toEqual([1, 3]);
    expect([...counts.multiplicities]).toEqual([2, 1]);
  });

  it("holds 0 and -0 to be one, by the table and by the map", () => {
    expect([...classCounts([0, -0, 1]).codes]).toEqual([0, 0, 1]);
    expect([...classCounts([0, -0, 1e300]).codes]).toEqual([0, 0, 1]);
  });

  it("counts as many of each as were drawn", () => {
    const random = new Random(3);
    const labels = Array.from({ length: 2000 }, () => random.integer(50) * random.integer(50));
    const { labels: classes, counts } = classCounts(labels);
    classes.forEach((label, c) => expect(counts[c]).toBe(labels.filter((other) => other === label).length));
  });

  it.each<[string, unknown, RegExp]>([
    ["no labels", [], /labels is empty; give one label a sample/],
    ["NaN", [1, NaN], /labels\[1\] is NaN/],
    ["null", ["a", null], /labels\[1\] is null/],
    ["an object", [{}], /labels\[0\] is an object/],
    ["a string", "abc", /labels is "abc"/],
    ["nothing", undefined, /labels is undefined/],
    ["an object of lengths", { length: 3 }, /labels is an object/],
  ])("refuses %s", (_, labels, sentence) => {
    expect(() => classCounts(labels as Labels)).toThrow(sentence);
  });
});

describe("toClassCounts", () => {
  it("takes the sizes of classes in any order, and counts as they are", () => {
    const counts = toClassCounts([3, 1, 3, 2, 1, 1]);
    expect(counts).toEqual({
      samples: 11,
      classes: 6,
      sizes: Float64Array.of(1, 2, 3),
      multiplicities: Float64Array.of(3, 1, 2),
    });
    expect(toClassCounts(counts)).toBe(counts);
    expect(toClassCounts(Uint32Array.of(2, 2)).samples).toBe(4);
  });

  it.each<[string, unknown, RegExp]>([
    ["no class", [], /counts is empty/],
    ["an empty class", [1, 0], /counts\[1\] is 0; give a whole number >= 1/],
    ["half a sample", [1.5], /counts\[0\] is 1.5/],
    ["NaN", [NaN], /counts\[0\] is NaN/],
    ["endless classes", [Infinity], /counts\[0\] is Infinity/],
    ["text", ["3"], /counts\[0\] is "3"; give a number/],
    ["a number", 3, /counts is 3; give the size of each class/],
    ["null", null, /counts is null/],
    ["a view without entries", new DataView(new ArrayBuffer(8)), /counts is an object of type DataView/],
  ])("refuses %s", (_, counts, sentence) => {
    expect(() => toClassCounts(counts as number[])).toThrow(sentence);
  });
});

describe("helpers of class counts", () => {
  const counts = toClassCounts([3, 1, 3, 2, 1, 1]);

  it("filter classes by size", () => {
    expect(filterSizes(counts, (size) => size > 1)).toEqual(toClassCounts([2, 3, 3]));
    expect(filterSizes(counts, (size) => size > 3)).toBeNull();
  });

  it("sum over all classes and number them by size", () => {
    expect(sumOverClasses(counts, (size) => size * size)).toBe(9 + 1 + 9 + 4 + 1 + 1);
    expect([...groupOfEachClass(counts)]).toEqual([0, 0, 0, 1, 2, 2]);
  });
});
