import { describe, expect, test } from "vitest";
import { Random } from "../../../src/matrix/random.ts";
import { withoutKin } from "../../../src/training/search/withoutKin.ts";

const parts = (train: number[], choose: number[], judge: number[]) => ({
  by: "class" as const,
  train: Int32Array.from(train),
  choose: Int32Array.from(choose),
  judge: Int32Array.from(judge),
});

describe("withoutKin", () => {
  test("leaves rows out of training that stand in a later part, and out of the choosing part those of the judging one", () => {
    const x = { data: Float32Array.from([1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 1, 2]), rows: 6, cols: 2 };
    const { train, choose, judge, leftOut } = withoutKin(x, parts([0, 2, 4], [1, 3], [5]));
    expect([[...train], [...choose], [...judge], leftOut]).toEqual([[4], [3], [5], 3]);
  });

  test("keeps copies within one part", () => {
    const x = { data: Float32Array.from([1, 1, 2, 3]), rows: 4, cols: 1 };
    expect([...withoutKin(x, parts([0, 1], [2], [3])).train]).toEqual([0, 1]);
  });

  test("takes 0 and -0 for the same, and rows that only share a hash for two", () => {
    const zeros = { data: Float32Array.from([0, -0, 1, 2]), rows: 4, cols: 1 };
    expect([...withoutKin(zeros, parts([0], [2], [1])).train]).toEqual([]);
    // permutations, many of them: no two are equal
    const x = { data: Float32Array.from({ length: 2000 }, (_, k) => (k * 37) % 101), rows: 1000, cols: 2 };
    const distinct = new Set(Array.from({ length: 1000 }, (_, i) => `${x.data[2 * i]},${x.data[2 * i + 1]}`)).size;
    const all = Array.from({ length: 999 }, (_, i) => i);
    const isCopy = all.filter((i) => x.data[2 * i] === x.data[1998] && x.data[2 * i + 1] === x.data[1999]).length;
    expect(withoutKin(x, parts(all, [], [999])).leftOut).toBe(isCopy);
    expect(distinct).toBeGreaterThan(50);
  });

  test("leaves rows out whose direction is nearly that of a row in a later part, in all of the places that it is", () => {
    const random = new Random(5);
    const [rows, cols] = [600, 40];
    const data = Float32Array.from({ length: rows * cols }, () => random.normal());
    const near = [3, 77, 150, 299];
    // row i + 300 is row i, three times as long, with a cosine of about 0.99998; others are of 0.9997
    const turned = (row: number, tangent: number): void => {
      for (let j = 0; j < cols; j++)
        data[(row + 300) * cols + j] = 3 * (data[row * cols + j] + tangent * random.normal());
    };
    for (const row of near) turned(row, 0.007);
    for (const row of [10, 20]) turned(row, 0.0245);
    const all = Array.from({ length: rows }, (_, i) => i);
    const { train, choose } = withoutKin(
      { data, rows, cols },
      parts(all.slice(0, 200), all.slice(200, 300), all.slice(300)),
    );
    const kept = [...train, ...choose];
    expect(all.slice(0, 300).filter((row) => !kept.includes(row))).toEqual(near);
  });

  test("finds no rows near in a few columns, where they are by chance, nor rows of zeros", () => {
    const few = { data: Float32Array.from({ length: 400 }, (_, k) => 1 + k / 1e6), rows: 100, cols: 4 };
    expect(withoutKin(few, parts([0, 1], [50], [99])).leftOut).toBe(0);
    const zeros = { data: new Float32Array(60), rows: 3, cols: 20 };
    zeros.data[25] = 1;
    expect([...withoutKin(zeros, parts([0], [1], [2])).choose]).toEqual([1]);
  });

  test("leaves rows out whose group is in a later part", () => {
    const x = { data: Float32Array.from([1, 2, 3, 4, 5, 6, 7]), rows: 7, cols: 1 };
    const groups = ["a", "b", "c", "d", "b", "c", "a"];
    const { train, choose, judge } = withoutKin(x, parts([0, 1, 2, 3], [4, 5], [6]), groups);
    expect([[...train], [...choose], [...judge]]).toEqual([[3], [4, 5], [6]]);
  });
});
