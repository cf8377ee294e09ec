/** What the slope of a norm is multiplied by. */
export interface NormSlope {
  /** |x|_p */
  readonly norm: number;
  readonly p: number;
  readonly factor: number;
}

/**
 * Adds factor d|x|_p / dx to the slopes of a row x: sign(x) (|x| / |x|_p)^(p-1), for p = Infinity shared by the largest
 * entries. The zero vector has no slope.
 */
export function addNormSlope(row: Float32Array, slopes: Float64Array, { norm, p, factor }: NormSlope): void {
  if (norm === 0) return;
  let ties = 0;
  for (const entry of row) if (Math.abs(entry) === norm) ties++;
  for (let k = 0; k < row.length; k++) {
    const size = Math.abs(row[k]) / norm;
    const slope = p === Infinity ? (size === 1 ? 1 / ties : 0) : size === 0 ? 0 : size ** (p - 1);
    slopes[k] += factor * Math.sign(row[k]) * slope;
  }
}
