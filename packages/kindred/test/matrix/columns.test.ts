import { describe, expect, it } from "vitest";
import { addToColumns, sideBySide, takeColumns } from "../../src/matrix/columns.ts";
import { toMatrix } from "../../src/matrix/matrix.ts";

const matrix = toMatrix([[1, 2, 3], [4, 5, 6]], "matrix"); // prettier-ignore

describe("takeColumns", () => {
  it("copies the columns from start on, end not among them", () => {
    expect(takeColumns(matrix, { start: 1, end: 3 })).toEqual(toMatrix([[2, 3], [5, 6]], "matrix")); // prettier-ignore
    expect(takeColumns(matrix, { start: 1, end: 1 })).toEqual({ data: new Float32Array(0), rows: 2, cols: 0 });
  });

  it("gives the matrix itself when they are all", () => {
    expect(takeColumns(matrix, { start: 0, end: 3 })).toBe(matrix);
  });
});

describe("sideBySide", () => {
  it("puts matrices beside each other, of which takeColumns gives each again", () => {
    const other = toMatrix([[7], [8]], "other");
    const both = sideBySide([matrix, other]);
    expect(both).toEqual(toMatrix([[1, 2, 3, 7], [4, 5, 6, 8]], "both")); // prettier-ignore
    expect(takeColumns(both, { start: 0, end: 3 })).toEqual(matrix);
    expect(takeColumns(both, { start: 3, end: 4 })).toEqual(other);
    expect(sideBySide([matrix])).toBe(matrix);
  });
});

describe("addToColumns", () => {
  it("adds to some columns and leaves the others", () => {
    const into = toMatrix([[1, 1, 1, 1], [2, 2, 2, 2]], "into"); // prettier-ignore
    addToColumns(into, 1, matrix);
    expect(into).toEqual(toMatrix([[1, 2, 3, 4], [2, 6, 7, 8]], "into")); // prettier-ignore
  });
});
