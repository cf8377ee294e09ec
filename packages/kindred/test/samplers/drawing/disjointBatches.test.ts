import { expect, test } from "vitest";
import { Random } from "../../../src/index.ts";
import { disjointBatches, exchangeRows } from "../../../src/samplers/drawing/disjointBatches.ts";

const pairs = (left: number[], right: number[], count: number) => ({
  codes: Int32Array.from(left.flatMap((value, i) => [value, right[i]])),
  columns: 2,
  rows: left.length,
  count,
});

test("rows that share a value in different columns stand in different batches", () => {
  const batches = disjointBatches(pairs([0, 1, 2], [1, 2, 0], 3), 3);
  expect(batches.map((batch) => batch.length)).toEqual([1, 1, 1]);
});

test("a value that half of the rows have costs as many batches, and no more", () => {
  const codes = Int32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0 : i));
  const batches = disjointBatches({ codes, columns: 1, rows: 1000, count: 1001 }, 4);
  expect(batches).toHaveLength(500);
  expect(batches.filter(({ length }) => length === 4).length).toBe(166);
});

test("no exchange brings rows of one value together", () => {
  const values = pairs([0, 0, 1, 2, 3, 3], [4, 5, 4, 6, 7, 8], 9);
  const rows = Int32Array.of(0, 3, 1, 2, 4, 5);
  const starts = Int32Array.of(0, 2, 4, 5, 6);
  const seen = new Set<string>();
  for (let seed = 0; seed < 50; seed++) {
    exchangeRows(rows, starts, values, new Random(seed));
    for (let b = 0; b < 4; b++) {
      const codes = [...rows.subarray(starts[b], starts[b + 1])].flatMap((row) => [
        values.codes[2 * row],
        values.codes[2 * row + 1],
      ]);
      expect(new Set(codes).size).toBe(codes.length);
    }
    seen.add(String(rows));
  }
  expect(seen.size).toBeGreaterThan(20);
});
