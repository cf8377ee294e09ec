import { expect, test } from "vitest";
import { largestOffset } from "../../src/matrix/largestOffset.ts";

test("largestOffset is taken from each row's own centre, in size", () => {
  const x = { data: Float32Array.of(1, 2, 3, -6), rows: 2, cols: 2 };
  const centres = [Float64Array.of(0, 2), Float64Array.of(3, -1)];
  expect(largestOffset(x, (row) => centres[row])).toBe(5);
  expect(largestOffset({ data: new Float32Array(0), rows: 0, cols: 2 }, () => centres[0])).toBe(0);
});
