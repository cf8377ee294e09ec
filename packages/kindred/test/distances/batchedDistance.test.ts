import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchedDistance, CosineSimilarity, LpDistance, type Matrix } from "../../src/index.ts";
import { fromRows } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

describe("BatchedDistance", () => {
  const distance = new LpDistance();

  it("hands out the whole matrix, batch by batch, in order", { tags: ["long"] }, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.option(fc.integer({ min: 0, max: 20 })),
        fc.integer({ min: 1, max: 45 }),
        (n, m, batchSize) => {
          const query = fromRows(normalRows(n, 3, 1), 3);
          const reference = m === null ? undefined : fromRows(normalRows(m, 3, 2), 3);
          const rows: number[] = [];
          let next = 0;
          const visit = (matrix: Matrix, start: number, end: number): void => {
            expect([start, end]).toEqual([next, next + batchSize]);
            expect(matrix.rows).toBe(Math.min(batchSize, n - start));
            expect(matrix.cols).toBe((reference ?? query).rows);
            rows.push(...matrix.data);
            next = end;
          };
          new BatchedDistance(distance, visit, { batchSize }).run(query, reference);
          const whole = distance.matrix(query, reference ?? query);
          expect(rows).toHaveLength(whole.data.length);
          whole.data.forEach((value, k) => expect(rows[k]).toBeCloseTo(value, 6));
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("takes 32 rows at a time by default", () => {
    const starts: number[] = [];
    new BatchedDistance(new CosineSimilarity(), (_, start) => starts.push(start)).run(normalRows(70, 2, 1));
    expect(starts).toEqual([0, 32, 64]);
  });

  it("hands out copies: a visitor may keep them", () => {
    const kept: Matrix[] = [];
    new BatchedDistance(distance, (matrix) => kept.push(matrix), { batchSize: 2 }).run(normalRows(4, 3, 1));
    const [first, second] = kept;
    expect(first.data).not.toEqual(second.data);
    expect(first).toEqual(distance.matrix(normalRows(4, 3, 1).slice(0, 2), normalRows(4, 3, 1)));
  });

  it("lets a visitor compute with the library while it visits", () => {
    const rows = normalRows(5, 3, 2);
    const expected = distance.matrix(rows, rows);
    const seen: number[] = [];
    new BatchedDistance(
      distance,
      (matrix) => {
        distance.matrix(normalRows(30, 9, 3));
        seen.push(...matrix.data);
      },
      { batchSize: 2 },
    ).run(rows);
    seen.forEach((value, k) => expect(value).toBeCloseTo(expected.data[k], 6));
  });

  it("refuses batch sizes that are none, and what is no matrix", () => {
    expect(() => new BatchedDistance(distance, () => {}, { batchSize: 0 })).toThrow("batchSize is 0");
    expect(() => new BatchedDistance(distance, () => {}, { size: 2 } as object)).toThrow(/no option "size"/);
    expect(() => new BatchedDistance(distance, () => {}).run([[1, NaN]])).toThrow(/query holds NaN/);
    expect(() => new BatchedDistance(distance, () => {}).run([[1, 2]], [[1]])).toThrow(/columns/);
  });
});
