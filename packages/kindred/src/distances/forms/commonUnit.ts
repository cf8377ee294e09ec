import { heap, kernels } from "../../kernels/runtime.ts";
import type { Side } from "./side.ts";

/** Squares of numbers between these bounds, and sums of millions of them, stay in float32's range. */
const SMALLEST = 2 ** -30;
const LARGEST = 2 ** 50;

/** Whether squares of the rows, or of those of either side, leave float32's range. */
export function areExtreme(query: Side, reference: Side): boolean {
  return isExtreme(largestOfBoth(query, reference));
}

/**
 * Divides the rows of both sides by a power of two, where their squares would leave float32's range otherwise, and returns
 * it; 1, and nothing is done, for all but raw embeddings of extreme lengths.
 */
export function takeCommonUnit(query: Side, reference: Side): number {
  const largest = largestOfBoth(query, reference);
  if (!isExtreme(largest)) return 1;
  // such that unit and 1 / unit are float32 numbers
  const unit = 2 ** Math.max(-126, Math.min(126, Math.floor(Math.log2(largest))));
  for (const side of query === reference ? [query] : [query, reference]) {
    kernels.affine(side.pointer, side.rows * side.cols, 1 / unit, 0);
    const norms = heap().subarray(side.squaredNorms >>> 2, (side.squaredNorms >>> 2) + side.rows);
    for (let i = 0; i < side.rows; i++) norms[i] = kernels.dot(side.row(i), side.row(i), side.cols);
  }
  return unit;
}

/** Products with rows of numbers up to here, and sums of them, stay in float32's range. */
const LARGEST_FACTOR = 2 ** 100;

/** Divides the rows of a side by a power of two where products with them would leave float32's range, and returns it; else 1. */
export function takeUnit(side: Side): number {
  const largest = largestOf(side);
  if (largest <= LARGEST_FACTOR) return 1;
  const unit = 2 ** Math.min(126, Math.floor(Math.log2(largest)));
  kernels.affine(side.pointer, side.rows * side.cols, 1 / unit, 0);
  return unit;
}

function isExtreme(largest: number): boolean {
  return largest !== 0 && (largest <= SMALLEST || largest >= LARGEST);
}

function largestOfBoth(query: Side, reference: Side): number {
  return query === reference ? largestOf(query) : Math.max(largestOf(query), largestOf(reference));
}

/** The largest entry of a side in size. */
function largestOf({ pointer, rows, cols, unit }: Side): number {
  return unit * Math.max(0, kernels.maximum(pointer, rows * cols), -kernels.minimum(pointer, rows * cols));
}
