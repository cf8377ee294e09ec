import { describe, expect, test } from "vitest";
import { RowReader, type RowSource } from "../../../src/evaluation/neighbours/rowReader.ts";
import { rowView, takeRows } from "../../../src/matrix/matrix.ts";
import { normalMatrix } from "../fixtures.ts";

const matrix = normalMatrix(10, 3);

/** The rows of the matrix, and the runs that were asked for. */
function recorded(): { source: RowSource; runs: number[][] } {
  const runs: number[][] = [];
  const read = (start: number, end: number) => {
    runs.push([start, end]);
    return Array.from({ length: end - start }, (_, i) => rowView(matrix, start + i));
  };
  return { source: { rows: 10, cols: 3, read }, runs };
}

describe("RowReader", () => {
  test("gives the rows of a matrix without a copy, and those of a source as it reads them", () => {
    const inMemory = new RowReader(matrix, "x");
    expect(inMemory.read(2, 5).data.buffer).toBe(matrix.data.buffer);
    const { source, runs } = recorded();
    const reader = new RowReader(source, "x");
    expect(reader.matrix).toBeNull();
    expect(reader.read(2, 5)).toEqual(takeRows(matrix, [2, 3, 4]));
    expect(inMemory.read(2, 5)).toEqual(reader.read(2, 5));
    expect(runs[0]).toEqual([2, 5]);
  });

  test("takes rows in any order, rows that follow each other at once", () => {
    const { source, runs } = recorded();
    const rows = [7, 0, 1, 2, 9, 8, 8, 9];
    expect(new RowReader(source, "x").take(rows)).toEqual(takeRows(matrix, rows));
    expect(runs).toEqual([[7, 8], [0, 3], [9, 10], [8, 9], [8, 10]]); // prettier-ignore
    expect(new RowReader(matrix, "x").take(rows)).toEqual(takeRows(matrix, rows));
  });

  test("refuses what a source gives when it is not what was asked for, or holds NaN", () => {
    const reader = (rows: number[][]) => new RowReader({ rows: 10, cols: 3, read: () => rows }, "anchors");
    expect(() => reader([[1, 2, 3]]).read(4, 6)).toThrow(/anchors.read\(4, 6\) gave 1 x 3 entries; give 2 rows of 3/);
    expect(() => reader([[1, 2]]).take([4])).toThrow(/gave 1 x 2 entries/);
    expect(() => reader([[1, NaN, 2]]).read(4, 5)).toThrow(/anchors.read\(4, 5\) holds NaN at row 0, column 1/);
  });

  test("refuses what is neither a matrix nor a source", () => {
    expect(() => new RowReader(null as unknown as RowSource, "anchors")).toThrow(TypeError);
    expect(() => new RowReader({ rows: -1, cols: 3, read: () => [] }, "anchors")).toThrow(/rows = -1/);
    expect(() => new RowReader([[1], [1, 2]], "anchors")).toThrow(/row 1 of anchors/);
  });
});
