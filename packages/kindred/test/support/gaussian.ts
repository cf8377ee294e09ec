import type { Random } from "../../src/index.ts";
import { type Matrix } from "../../src/index.ts";

/** Rows of independent normal numbers. */
export function gaussianRows(rows: number, cols: number, random: Random): Matrix {
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

/** Rows of small whole numbers, among which many are equally alike. */
export function tiedRows(rows: number, cols: number, random: Random): Matrix {
  return { data: Float32Array.from({ length: rows * cols }, () => random.integer(3) - 1), rows, cols };
}
