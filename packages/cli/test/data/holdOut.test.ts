import { describe, expect, it } from "vitest";
import type { DataSet } from "../../src/data/dataSet.ts";
import { holdOut } from "../../src/data/holdOut.ts";

function dataOf(labels: string[]): DataSet {
  const data = Float32Array.from(labels.keys());
  return {
    name: "test",
    vectors: { data, rows: labels.length, cols: 1 },
    labels,
    captions: labels.map((x, i) => x + i),
  };
}

const tenClasses = dataOf(Array.from({ length: 60 }, (_, i) => `c${i % 10}`));

describe("holding out", () => {
  it("parts whole classes by default, and every row goes to one part with its label and caption", () => {
    const { train, test, by } = holdOut(tenClasses, 0.3, null, 1);
    expect(by).toBe("class");
    expect(new Set(test.labels).size).toBe(3);
    expect(train.labels.filter((label) => test.labels.includes(label))).toEqual([]);
    const rows = [...train.vectors.data, ...test.vectors.data];
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    test.labels.forEach((label, k) => expect(test.captions![k]).toBe(`${label}${test.vectors.data[k]}`));
  });

  it("parts the samples of each class when there are few classes, or when told so", () => {
    expect(holdOut(dataOf(["a", "a", "a", "a", "a", "a", "b", "b", "b", "b"]), 0.4, null, 1).by).toBe("sample");
    const { train, test } = holdOut(tenClasses, 0.5, "sample", 1);
    expect(new Set(train.labels).size).toBe(10);
    expect(new Set(test.labels).size).toBe(10);
    expect(test.labels).toHaveLength(30);
  });

  it("depends on its seed", () => {
    const rowsAt = (seed: number): number[] => Array.from(holdOut(tenClasses, 0.3, null, seed).test.vectors.data);
    expect(rowsAt(1)).toEqual(rowsAt(1));
    expect(rowsAt(1)).not.toEqual(rowsAt(2));
  });

  it.each([
    ["one class", ["a", "a", "a"], /one class only/],
    ["singletons", ["a", "b", "c"], /has one sample/],
    ["too little to judge by", ["a", "a", "b"], /no two of one class to judge by|too few/],
  ])("refuses %s", (_, labels, sentence) => {
    expect(() => holdOut(dataOf(labels), 0.3, null, 1)).toThrow(sentence);
  });
});
