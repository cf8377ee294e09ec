import type { Places } from "../../kernels/places.ts";

/** A log-sum-exp and what its slope is made of. */
export interface LogSumExp {
  /** log sum_k e^(scale x_k); -Infinity of none. */
  readonly log: number;
  /** The sum of what was left in the places, so that entry / total is the softmax; 0 of none. */
  readonly total: number;
}

/** log sum_k e^(scale x_k) with the largest term taken out: x <- e^(scale x - largest) in place. */
export function logSumExp(places: Places, scale: number): LogSumExp {
  if (places.count === 0) return { log: -Infinity, total: 0 };
  // the product as the kernel rounds it: the largest entry becomes exactly 1, however large the numbers are
  const largest = Math.fround(Math.fround(scale) * (scale > 0 ? places.max() : places.min()));
  const total = places.expInPlace(scale, largest);
  return { log: largest + Math.log(total), total };
}

/** log(e^x + e^y). */
export function logAddExp(x: number, y: number): number {
  const [low, high] = x < y ? [x, y] : [y, x];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}
