import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { LpDistance } from "../../src/distances/lpDistance.ts";
import { type Matrix } from "../../src/matrix/matrix.ts";
import { Random } from "../../src/matrix/random.ts";

/** The cases of a golden file, their numbers read as numbers. */
export function goldenCases<T>(path: string): T[] {
  const file = new URL(`../goldens/${path}.json.gz`, import.meta.url);
  const text = gunzipSync(readFileSync(file)).toString("utf8");
  const { cases } = JSON.parse(text, (_, value: unknown) => (value === "NaN" ? NaN : value)) as { cases: T[] };
  return cases;
}

export function toFloat32(matrix: { rows: number; cols: number; data: number[] }): Matrix {
  return { ...matrix, data: Float32Array.from(matrix.data) };
}

/** The distance that the plain twins here compute, of embeddings as they are. */
export const rawEuclidean = new LpDistance({ normalizeEmbeddings: false });

/** Normal random embeddings. */
export function normalMatrix(rows: number, cols: number, seed = 1): Matrix {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

/** Small whole numbers, so that distances tie often and every computation of them is exact. */
export function gridMatrix(maxRows = 40, minRows = 1): fc.Arbitrary<Matrix> {
  return fc
    .tuple(fc.integer({ min: minRows, max: maxRows }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, cols]) =>
      fc
        .array(fc.integer({ min: -4, max: 4 }), { minLength: rows * cols, maxLength: rows * cols })
        .map((data) => ({ data: Float32Array.from(data), rows, cols })),
    );
}

/** The Euclidean distance of row i and row j, in float64. */
export function euclidean(a: Matrix, i: number, b: Matrix, j: number): number {
  let sum = 0;
  for (let c = 0; c < a.cols; c++) sum += (a.data[i * a.cols + c] - b.data[j * b.cols + c]) ** 2;
  return Math.sqrt(sum);
}

/** All references of query i but `self`, the nearest first, of equal distances the lower index. */
export function rankedReferences(query: Matrix, i: number, reference: Matrix, self: number): number[] {
  return Array.from({ length: reference.rows }, (_, j) => j)
    .filter((j) => j !== self)
    .sort((a, b) => euclidean(query, i, reference, a) - euclidean(query, i, reference, b) || a - b);
}
