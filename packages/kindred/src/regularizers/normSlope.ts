/**
 * Adds factor d|x|_p / dx to `slopes`, x being a row of `data`: sign(x) (|x| / |x|_p)^(p-1), for p = Infinity shared by
 * the largest entries. The zero vector has no slope.
 */
export function addNormSlope(
  data: Float32Array,
  start: number,
  cols: number,
  norm: number,
  p: number,
  factor: number,
  slopes: Float64Array,
): void {
  if (norm === 0) return;
  const end = start + cols;
  let ties = 0;
  for (let k = start; k < end; k++) if (Math.abs(data[k]) === norm) ties++;
  for (let k = start; k < end; k++) {
    const size = Math.abs(data[k]) / norm;
    const slope = p === Infinity ? (size === 1 ? 1 / ties : 0) : size === 0 ? 0 : size ** (p - 1);
    slopes[k] += factor * Math.sign(data[k]) * slope;
  }
}
