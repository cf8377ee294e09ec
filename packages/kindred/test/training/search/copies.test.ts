import { describe, expect, test } from "vitest";
import { withoutCopies } from "../../../src/training/search/copies.ts";

const parts = (train: number[], choose: number[], judge: number[]) => ({
  by: "class" as const,
  train: Int32Array.from(train),
  choose: Int32Array.from(choose),
  judge: Int32Array.from(judge),
});

describe("withoutCopies", () => {
  test("leaves rows out of training that stand in a later part, and out of the choosing part those of the judging one", () => {
    const x = { data: Float32Array.from([1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 1, 2]), rows: 6, cols: 2 };
    const { train, choose, judge, leftOut } = withoutCopies(x, parts([0, 2, 4], [1, 3], [5]));
    expect([[...train], [...choose], [...judge], leftOut]).toEqual([[4], [3], [5], 3]);
  });

  test("keeps copies within one part", () => {
    const x = { data: Float32Array.from([1, 1, 2, 3]), rows: 4, cols: 1 };
    expect([...withoutCopies(x, parts([0, 1], [2], [3])).train]).toEqual([0, 1]);
  });

  test("takes 0 and -0 for the same, and rows that only share a hash for two", () => {
    const zeros = { data: Float32Array.from([0, -0, 1, 2]), rows: 4, cols: 1 };
    expect([...withoutCopies(zeros, parts([0], [2], [1])).train]).toEqual([]);
    // permutations, many of them: no two are equal
    const x = { data: Float32Array.from({ length: 2000 }, (_, k) => (k * 37) % 101), rows: 1000, cols: 2 };
    const distinct = new Set(Array.from({ length: 1000 }, (_, i) => `${x.data[2 * i]},${x.data[2 * i + 1]}`)).size;
    const all = Array.from({ length: 999 }, (_, i) => i);
    const isCopy = all.filter((i) => x.data[2 * i] === x.data[1998] && x.data[2 * i + 1] === x.data[1999]).length;
    expect(withoutCopies(x, parts(all, [], [999])).leftOut).toBe(isCopy);
    expect(distinct).toBeGreaterThan(50);
  });
});
