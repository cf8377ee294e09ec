import { expect, test } from "vitest";
import { columnMeans } from "../../src/matrix/columnMeans.ts";

test("columnMeans is the mean of each column, and 0 where there are no rows", () => {
  expect([...columnMeans({ data: Float32Array.of(1, 2, 3, 6), rows: 2, cols: 2 })]).toEqual([2, 4]);
  expect([...columnMeans({ data: new Float32Array(0), rows: 0, cols: 3 })]).toEqual([0, 0, 0]);
});
