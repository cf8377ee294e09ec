import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowView, takeRows, toMatrix, zeros, type MatrixLike } from "../../src/index.ts";
import { isMatrix, toScores } from "../../src/matrix/matrix.ts";

describe("toScores", () => {
  it("takes what toMatrix takes, and -Infinity", () => {
    const matrix = { data: Float32Array.of(1, -Infinity), rows: 1, cols: 2 };
    expect(toScores(matrix, "scores")).toBe(matrix);
    expect(toScores([[1, -Infinity]], "scores")).toEqual(matrix);
    expect(() => toMatrix(matrix, "scores")).toThrow("scores holds -Infinity at row 0, column 1");
  });

  it("refuses other numbers that are none, naming their places", () => {
    for (const wrong of [NaN, Infinity])
      expect(() =>
        toScores(
          [
            [-Infinity, 0],
            [1, wrong],
          ],
          "scores",
        ),
      ).toThrow(
        // prettier-ignore
        `scores holds ${wrong} at row 1, column 1`,
      );
  });
});

describe("toMatrix", () => {
  it("returns a matrix as it is, without a copy", () => {
    const matrix = { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, cols: 3 };
    expect(toMatrix(matrix, "x")).toBe(matrix);
    for (const [rows, cols] of [
      [0, 0],
      [0, 5],
      [5, 0],
    ])
      expect(toMatrix({ data: new Float32Array(0), rows, cols }, "x")).toMatchObject({ rows, cols });
  });

  it("copies rows of numbers, typed or not, to float32", () => {
    expect(toMatrix([[1, 0.1], Float32Array.of(3, 4)], "x")).toEqual({
      data: Float32Array.of(1, 0.1, 3, 4),
      rows: 2,
      cols: 2,
    });
    expect(toMatrix([], "x")).toEqual({ data: new Float32Array(0), rows: 0, cols: 0 });
    expect(toMatrix([[], []], "x")).toMatchObject({ rows: 2, cols: 0 });
  });

  it("takes a tensor of two axes, by dims or by shape, and keeps its floats", () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    for (const tensor of [
      { data, dims: [2, 3] },
      { data, shape: [2, 3] },
      { data, dims: [2, 3], type: "float32", size: 6 },
    ]) {
      const matrix = toMatrix(tensor, "x");
      expect(matrix).toEqual({ data, rows: 2, cols: 3 });
      expect(matrix.data).toBe(data);
    }
    for (const numbers of [Float64Array.from(data), Array.from(data)])
      expect(toMatrix({ data: numbers, dims: [3, 2] }, "x")).toEqual({ data, rows: 3, cols: 2 });
    expect(toMatrix({ data: new Float32Array(0), dims: [0, 7] }, "x")).toMatchObject({ rows: 0, cols: 7 });
  });

  it("refuses tensors of other axes, other data and other sizes", () => {
    const data = new Float32Array(6);
    const refused: [object, RegExp][] = [
      [{ data, dims: [6] }, /x.dims is \[6\]; give two axes: one row is \[1, 6\]/],
      [{ data, shape: [1, 2, 3] }, /x.shape is \[1, 2, 3\]; give two axes.* \(pool the tokens of a text first\)/],
      [{ data, dims: [] }, /x.dims is \[\]; give two axes/],
      [{ data, dims: null }, /x.dims is null; give \[rows, columns\]/],
      [{ data, dims: [2, -3] }, /x.dims is \[2, -3\]; give whole numbers/],
      [{ data, dims: [2, 4] }, /x.data has 6 entries; 2 rows of 4 need 8/],
      [{ data: new Uint16Array(6), dims: [2, 3] }, /x.data is an object of type Uint16Array; give a Float32Array/],
      [{ data: new BigInt64Array(6), dims: [2, 3] }, /give a Float32Array/],
      [{ data: [1, 2, 3, "4", 5, 6], dims: [2, 3] }, /row 1, column 0 of x is "4"; give a number/],
      [{ data: Float32Array.of(1, NaN), dims: [1, 2] }, /x holds NaN at row 0, column 1/],
      [{ data: [1, 1e39], dims: [1, 2] }, /x holds Infinity at row 0, column 1/],
    ];
    for (const [given, sentence] of refused) expect(() => toMatrix(given as MatrixLike, "x")).toThrow(sentence);
  });

  it("does not take a hole among rows for a row of zeros", () => {
    const all = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    for (const at of [0, 1, 2]) {
      const rows = new Array<number[]>(3);
      all.forEach((row, i) => {
        if (i !== at) rows[i] = row;
      });
      expect(() => toMatrix(rows, "x")).toThrow(`row ${at} of x is undefined; each row is an array of numbers`);
    }
    const hole = new Array<number>(2);
    hole[1] = 4;
    expect(() => toMatrix([[1, 2], hole], "x")).toThrow(/row 1, column 0 of x is undefined/);
    // known to be wrong before anything is allocated
    expect(() => toMatrix(Object.assign(new Array<number[]>(4e8), { 0: Array<number>(100).fill(1) }), "x")).toThrow(
      /row 1/,
    );
  });

  it("says in a sentence that a matrix is too large, or none", () => {
    expect(() => zeros(2 ** 20, 2 ** 20)).toThrow(
      /^1048576 x 1048576 numbers are 4,400 GB, more than the memory holds/,
    );
    expect(() => zeros(-1, 3)).toThrow(/a matrix of -1 x 3 is none; give whole numbers >= 0/);
    expect(() => zeros(1.5, 3)).toThrow(RangeError);
  });

  it("names the first NaN or infinity by row and column, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        fc.constantFrom(NaN, Infinity, -Infinity),
        (rows, cols, place, entry) => {
          const matrix = zeros(rows, cols);
          const at = place % (rows * cols);
          matrix.data.fill(entry, at);
          expect(() => toMatrix(matrix, "embeddings")).toThrow(
            new RangeError(
              `embeddings holds ${entry} at row ${Math.floor(at / cols)}, column ${at % cols}; every entry must be a finite float32`,
            ),
          );
        },
      ),
      { numRuns: 80, seed: 1 },
    );
  });

  it("does not take the sum of the largest numbers for an infinity", () => {
    const largest = 3.4028234663852886e38;
    expect(() => toMatrix([Array<number>(9).fill(largest), Array<number>(9).fill(-largest)], "x")).not.toThrow();
    expect(() => toMatrix([[1e39]], "x")).toThrow(/x holds Infinity at row 0, column 0/);
  });

  it("refuses what is no matrix, with what was given and what is needed", () => {
    const refused: [unknown, RegExp][] = [
      [null, /x is null; give \{ data: Float32Array, rows, cols \} or an array of rows/],
      [undefined, /x is undefined/],
      [3, /x is 3/],
      ["12", /x is "12"/],
      [{ data: [1], rows: 1, cols: 1 }, /x\.data is an array of 1; give a Float32Array/],
      [{ data: new Float64Array(1), rows: 1, cols: 1 }, /x\.data is an object of type Float64Array/],
      [{ data: new Float32Array(5), rows: 2, cols: 3 }, /x\.data has 5 entries; 2 rows of 3 need 6/],
      [{ data: new Float32Array(0), rows: -1, cols: 0 }, /rows = -1 and cols = 0; give whole numbers >= 0/],
      [{ data: new Float32Array(1), rows: 0.5, cols: 2 }, /rows = 0\.5/],
      [{ data: new Float32Array(1), rows: "1", cols: 1 }, /rows = "1"/],
      [[1, 2], /row 0 of x is 1; each row is an array of numbers/],
      [[[1, 2], [3]], /row 1 of x has 1 entries, row 0 has 2; rows must be equally long/],
      [[[1, 2], "34"], /row 1 of x is "34"/],
      [[[1, "2"]], /row 0, column 1 of x is "2"; give a number/],
      [[[1, undefined]], /row 0, column 1 of x is undefined/],
      [[undefined], /row 0 of x is undefined/],
    ];
    for (const [input, sentence] of refused) expect(() => toMatrix(input as MatrixLike, "x")).toThrow(sentence);
  });
});

describe("rows of a matrix", () => {
  const matrix = { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 3, cols: 2 };

  it("are views with rowView", () => {
    const copy = { ...matrix, data: matrix.data.slice() };
    rowView(copy, 1)[0] = 9;
    expect(Array.from(copy.data)).toEqual([1, 2, 9, 4, 5, 6]);
    expect(rowView(copy, 2)).toHaveLength(2);
  });

  it("are copies with takeRows, in the order asked for, repeated or none", () => {
    const taken = takeRows(matrix, [2, 0, 2]);
    expect(taken).toEqual({ data: Float32Array.of(5, 6, 1, 2, 5, 6), rows: 3, cols: 2 });
    taken.data.fill(0);
    expect(matrix.data[0]).toBe(1);
    expect(takeRows(matrix, Int32Array.of())).toEqual({ data: new Float32Array(0), rows: 0, cols: 2 });
  });

  it("are told from what is no matrix by isMatrix", () => {
    expect([isMatrix(matrix), isMatrix([[1]]), isMatrix(null), isMatrix({ data: 1 })]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
