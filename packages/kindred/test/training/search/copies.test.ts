import { describe, expect, test } from "vitest";
import { Random } from "../../../src/matrix/random.ts";
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

  test("takes 0 and -0 for the same, and rows for copies that differ by rounding", () => {
    const zeros = { data: Float32Array.from([0, -0, 1, 2]), rows: 4, cols: 1 };
    expect([...withoutCopies(zeros, parts([0], [2], [1])).train]).toEqual([]);
    const x = { data: Float32Array.from([3, 4, 3.00001, 4, 3.01, 4, -3, -4]), rows: 4, cols: 2 };
    expect([...withoutCopies(x, parts([0, 2, 3], [], [1])).train]).toEqual([2, 3]);
  });

  test("finds just the copies among many rows", () => {
    const random = new Random(3);
    const x = { data: Float32Array.from({ length: 2000 }, () => random.below(30)), rows: 1000, cols: 2 };
    const judge = Array.from({ length: 300 }, (_, i) => 3 * i);
    const train = Array.from({ length: 1000 }, (_, i) => i).filter((i) => !judge.includes(i));
    const key = (i: number): string => `${x.data[2 * i]},${x.data[2 * i + 1]}`;
    const judged = new Set(judge.map(key));
    const kept = train.filter((i) => !judged.has(key(i)));
    expect(kept.length).toBeGreaterThan(5);
    expect([...withoutCopies(x, parts(train, [], judge)).train]).toEqual(kept);
  });

  test("goes through a table of one row, thousands of times, at once", () => {
    const x = { data: new Float32Array(40_000).fill(0.5), rows: 20_000, cols: 2 };
    const train = Array.from({ length: 19_999 }, (_, i) => i);
    expect(withoutCopies(x, parts(train, [], [19_999])).leftOut).toBe(19_999);
  });
});
