import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { ClassWalk } from "../../../src/samplers/drawing/classWalk.ts";

describe("ClassWalk", () => {
  const members = Int32Array.of(4, 8, 15, 16, 23);

  it("visits every sample of the class once before any again, and leaves the members as they are", () => {
    const before = members.slice();
    const walk = new ClassWalk(members, new Random(1));
    for (let round = 0; round < 3; round++)
      expect(Array.from({ length: 5 }, () => walk.next()).sort((a, b) => a - b)).toEqual([4, 8, 15, 16, 23]);
    expect(members).toEqual(before);
  });

  it("repeats where the class is smaller than asked for, or borrows from the lenders", () => {
    const rows = new Int32Array(9).fill(-1);
    new ClassWalk(Int32Array.of(7), new Random(2)).take(3, 0, rows, 1);
    expect(Array.from(rows)).toEqual([-1, 7, 7, 7, -1, -1, -1, -1, -1]);
    new ClassWalk(Int32Array.of(7), new Random(2)).take(4, 3, rows, 4);
    expect(rows[4]).toBe(7);
    for (const row of rows.subarray(5, 8)) expect(row >= 0 && row < 3).toBe(true);
    expect(rows[8]).toBe(-1);
  });

  it("takes further a sample that the batch lacks, as long as there is one", () => {
    const walk = new ClassWalk(members, new Random(3));
    const rows = new Int32Array(6);
    for (let end = 0; end < 6; end++) walk.takeFurther(rows, 0, end);
    expect(new Set(rows.subarray(0, 5)).size).toBe(5);
    expect(Array.from(members)).toContain(rows[5]);
  });
});
