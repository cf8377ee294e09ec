import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { ClassVectors, transpose } from "../../../src/losses/logits/classVectors.ts";
import { normalMatrix } from "../../support/classificationContract.ts";

describe("transpose", () => {
  it("exchanges rows and columns of any shape", () => {
    for (const [rows, cols] of [
      [0, 3],
      [1, 1],
      [3, 70],
      [4, 64],
      [9, 131],
      [130, 65],
    ]) {
      const x = normalMatrix(rows, cols, 1);
      const turned = transpose(x);
      expect([turned.rows, turned.cols]).toEqual([cols, rows]);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++) expect(turned.data[j * rows + i]).toBe(x.data[i * cols + j]);
    }
  });
});

describe("ClassVectors", () => {
  for (const layout of ["rows", "columns"] as const) {
    const shape = { parameter: "W", layout, perClass: 2, init: (random: Random) => random.normal() };
    const vectors = new ClassVectors(shape, 5, 3, new Random(1));
    const entry = (vector: number, k: number): number =>
      vectors.parameter.data[layout === "rows" ? vector * 3 + k : k * 10 + vector];

    it(`gives the vectors of chosen classes, in ${layout}, as rows`, () => {
      const { data, rows } = vectors.rows(Int32Array.of(3, 0));
      expect(rows).toBe(4);
      [6, 7, 0, 1].forEach((vector, r) => {
        for (let k = 0; k < 3; k++) expect(data[r * 3 + k]).toBe(entry(vector, k));
      });
    });

    it(`puts slopes back where the vectors stand in ${layout}`, () => {
      const slopes = normalMatrix(4, 3, 2);
      const { data } = vectors.slopes(slopes, Int32Array.of(3, 0));
      const at = (vector: number, k: number): number => data[layout === "rows" ? vector * 3 + k : k * 10 + vector];
      [6, 7, 0, 1].forEach((vector, r) => {
        for (let k = 0; k < 3; k++) expect(at(vector, k)).toBe(slopes.data[r * 3 + k]);
      });
      for (const vector of [2, 3, 4, 5, 8, 9]) for (let k = 0; k < 3; k++) expect(at(vector, k)).toBe(0);
    });
  }
});
