import { heap, kernels } from "../../kernels/runtime.ts";
import type { Side } from "./side.ts";

/** Squares of numbers between these bounds, and sums of millions of them, stay in float32's range. */
const SMALLEST = 2 ** -30;
const LARGEST = 2 ** 50;

/**
 * Divides the rows of both sides by a power of two, where their squares would leave float32's range otherwise, and returns
 * it; 1, and nothing is done, for all but raw embeddings of extreme lengths.
 */
export function takeCommonUnit(query: Side, reference: Side): number {
  const sides = query === reference ? [query] : [query, reference];
  const largest = Math.max(...sides.map(largestOf));
  if (largest === 0 || (largest > SMALLEST && largest < LARGEST)) return 1;
  // such that unit and 1 / unit are float32 numbers
  const unit = 2 ** Math.max(-126, Math.min(126, Math.floor(Math.log2(largest))));
  for (const side of sides) {
    kernels.affine(side.pointer, side.rows * side.cols, 1 / unit, 0);
    const norms = heap().subarray(side.squaredNorms >>> 2, (side.squaredNorms >>> 2) + side.rows);
    for (let i = 0; i < side.rows; i++) norms[i] = kernels.dot(side.row(i), side.row(i), side.cols);
  }
  return unit;
}

function largestOf({ pointer, rows, cols }: Side): number {
  return Math.max(0, kernels.maximum(pointer, rows * cols), -kernels.minimum(pointer, rows * cols));
}
