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
  const extreme = scale > 0 ? places.max() : places.min();
  if (Math.abs(scale * extreme) > LARGEST_EXPONENT) return logSumExpInDoubles(places, scale, extreme);
  // the product as the kernel rounds it: the largest entry becomes exactly 1, however large the numbers are
  const largest = Math.fround(Math.fround(scale) * extreme);
  const total = places.expInPlace(scale, largest);
  return { log: largest + Math.log(total), total };
}

/** Exponents beyond this are not formed in float32. */
const LARGEST_EXPONENT = 2 ** 100;

/** x <- e^(scale (x - extreme)) in float64, for exponents beyond float32's range. */
function logSumExpInDoubles(places: Places, scale: number, extreme: number): LogSumExp {
  const values = new Float64Array(places.count);
  places.read(values);
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    values[k] = Math.exp(scale * (values[k] - extreme));
    total += values[k];
  }
  places.write(values);
  return { log: scale * extreme + Math.log(total), total };
}

/** log(e^x + e^y). */
export function logAddExp(x: number, y: number): number {
  const [low, high] = x < y ? [x, y] : [y, x];
  return low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}
