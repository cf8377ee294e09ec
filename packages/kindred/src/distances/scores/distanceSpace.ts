import { floatsAt } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Distance } from "../distance.ts";
import { DotProductSimilarity } from "../dotProductSimilarity.ts";
import { LpDistance } from "../lpDistance.ts";
import { euclideanSpace } from "./euclideanSpace.ts";
import { productSpace } from "./productSpace.ts";
import type { ScoreSpace } from "./scoreSpace.ts";

/** Entries beyond this size are scaled down before they are multiplied, and the largest below its inverse up. */
const COMFORTABLE = 2 ** 40;

/**
 * The scores by which a distance orders references. Euclidean distances and dot products (cosines) are formed by the
 * matrix kernel; any other distance by its own `matrix`, tile by tile.
 */
export function distanceSpace(distance: Distance, query: Matrix, reference: Matrix): ScoreSpace {
  const { power } = distance;
  if (distance instanceof LpDistance && distance.p === 2 && power > 0) {
    const space = euclideanSpace(...normalized(distance, query, reference));
    return power === 1 ? space : { ...space, distance: (i, j, score) => space.distance(i, j, score) ** power };
  }
  if (distance instanceof DotProductSimilarity && power === 1) {
    const [left, right] = normalized(distance, query, reference);
    const space = productSpace(...scaled(left, right), left === right);
    return { ...space, distance: productSpace(left, right, left === right).distance };
  }
  return tiledSpace(distance, query, reference);
}

function normalized(distance: Distance, query: Matrix, reference: Matrix): [Matrix, Matrix] {
  const left = distance.normalize(query);
  return [left, query === reference ? left : distance.normalize(reference)];
}

function scaled(left: Matrix, right: Matrix): [Matrix, Matrix] {
  const first = comfortable(left);
  return [first, left === right ? first : comfortable(right)];
}

/** The matrix times a power of two that keeps the products of its entries within float32; itself where they are already. */
function comfortable(matrix: Matrix): Matrix {
  let largest = 0;
  for (const x of matrix.data) if (Math.abs(x) > largest) largest = Math.abs(x);
  if (largest === 0 || (largest < COMFORTABLE && largest > 1 / COMFORTABLE)) return matrix;
  const factor = 2 ** -Math.round(Math.log2(largest));
  return { ...matrix, data: matrix.data.map((x) => x * factor) };
}

function tiledSpace(distance: Distance, query: Matrix, reference: Matrix): ScoreSpace {
  const sign = -distance.away;
  return {
    rows: query.rows,
    cols: reference.rows,
    isSymmetric: query === reference && distance instanceof LpDistance,
    fill({ rowStart, rowEnd, colStart, colEnd }, pointer, stride) {
      const cols = colEnd - colStart;
      const { data } = distance.matrix(rowsOf(query, rowStart, rowEnd), rowsOf(reference, colStart, colEnd));
      const tile = floatsAt(pointer, (rowEnd - rowStart) * stride);
      for (let i = 0; i < rowEnd - rowStart; i++) {
        for (let j = 0; j < cols; j++) tile[i * stride + j] = sign * data[i * cols + j];
      }
    },
    distance: (_i, _j, score) => sign * score,
  };
}

function rowsOf({ data, cols }: Matrix, start: number, end: number): Matrix {
  return { data: data.subarray(start * cols, end * cols), rows: end - start, cols };
}
